/** Types of what is shown, as the server gives them. Nothing of this is code. */

export type {
  BatchOutput,
  CellOutput,
  CellStatus,
  ChartOutput,
  ChartSpec,
  CompareOutput,
  ConversationOutput,
  ExpectView,
  InputOutput,
  Price,
  Provenance,
  RunOutput,
  ScenarioOutput,
  TableOutput,
} from "../../runner/notebook/view.ts";
export type {
  BatchCounts,
  BatchRow,
  BatchSummary,
  BatchView as Batch,
  CertificateReport,
  Comparison,
  ConversationOutline,
  ConversationQuote,
  ConversationRun,
  Manifest,
  Row,
  Series,
  SimulatedTurn,
} from "../../runner/mod.ts";
