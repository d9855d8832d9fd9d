/** What a notebook is made of, as the server says it. Types only. */

export type {
  BatchOutput,
  CellOutput,
  CellStatus,
  CellView,
  ChartOutput,
  ExpectView,
  NotebookNotice,
  NotebookView,
  PieceView,
  Price,
  ProseView,
  RunOutput,
  ViewIssue,
} from "../../../runner/notebook/view.ts";
