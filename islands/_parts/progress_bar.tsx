/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";

/** What a bar is told. */
export interface ProgressBarProps {
  readonly value: number;
  readonly max: number;
  /** What makes progress, for who cannot see it. */
  readonly label: string;
  /** `turn 12 of 100`; default: the share. */
  readonly text?: string;
}

/** Two pixels of progress. */
export function ProgressBar({ value, max, label, text }: ProgressBarProps): VNode {
  const share = max > 0 ? Math.max(0, Math.min(1, value / max)) : 0;
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, max)}
      aria-valuenow={Math.max(0, Math.min(value, max))}
      aria-valuetext={text}
    >
      <div class="progress-done" style={`width:${(share * 100).toFixed(1)}%`} />
    </div>
  );
}
