/** Fonts and colours of everything that is exported: reports and pictures. */

/** Fonts of all exported pictures: what the system has. */
export const FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif";

/**
 * Line colours on white, after Okabe and Ito, which people with any colour vision can tell apart; the light ones are
 * darkened to a contrast of 3:1. Further lines repeat them dashed.
 */
export const LINE_COLORS = ["#0072b2", "#d55e00", "#008a64", "#b8578f", "#1f8fd0", "#b07a00", "#5b5b66"] as const;

/** The same colours on a dark ground. */
export const LINE_COLORS_DARK = ["#4da3e0", "#ff8a4c", "#2fc39a", "#e08fbe", "#8fd3ff", "#eab64b", "#b4b4c0"] as const;
