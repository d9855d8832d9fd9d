/**
 * For this domain's tests: the baseline of DICE-2016R from 2015 to 2100 in steps of five years, as published in the
 * spreadsheet DICE2016R-090916ap-v2 (sheet "Base"), rounded to 6 significant digits.
 */

/** One year of the baseline. */
export interface DiceYear {
  readonly year: number;
  /** GtCO2 per year, land use included. */
  readonly emissions: number;
  /** GtC. */
  readonly atmosphere: number;
  /** GtC. */
  readonly upper: number;
  /** GtC. */
  readonly deep: number;
  /** W/m². */
  readonly forcing: number;
  /** °C. */
  readonly temperature: number;
  /** °C. */
  readonly ocean: number;
  /** Trillion USD of 2010 per year, before damages and costs. */
  readonly gross_output: number;
  /** Trillion USD of 2010 per year, after them. */
  readonly net_output: number;
  /** Trillion USD of 2010 per year. */
  readonly investment: number;
}

const ROWS: readonly (readonly number[])[] = [
  [38.3447, 851, 460, 1740, 2.4634, 0.85, 0.0068, 105.177, 104.997, 27.2526],
  [41.6846, 891.338, 471.289, 1740.67, 2.73877, 1.01635, 0.02788, 125.347, 125.04, 32.0416],
  [44.9679, 933.603, 485.128, 1741.42, 3.01422, 1.18924, 0.0525916, 147.771, 147.277, 37.3181],
  [48.1519, 977.987, 501.231, 1742.26, 3.2903, 1.36793, 0.0810078, 172.508, 171.745, 43.094],
  [51.2009, 1024.54, 519.392, 1743.22, 3.56671, 1.55175, 0.113181, 199.613, 198.477, 49.3804],
  [54.0856, 1073.23, 539.455, 1744.3, 3.84269, 1.74002, 0.149145, 229.139, 227.499, 56.1874],
  [56.7823, 1123.94, 561.289, 1745.52, 4.11731, 1.93208, 0.188917, 261.136, 258.832, 63.5244],
  [59.2726, 1176.53, 584.778, 1746.89, 4.38956, 2.12723, 0.232496, 295.652, 292.49, 71.3996],
  [61.5422, 1230.8, 609.81, 1748.43, 4.65849, 2.32477, 0.279864, 332.733, 328.483, 79.8203],
  [63.5808, 1286.56, 636.277, 1750.13, 4.92323, 2.52402, 0.330987, 372.425, 366.818, 88.7927],
  [65.3812, 1343.6, 664.064, 1752.02, 5.18304, 2.72429, 0.385813, 414.768, 407.493, 98.3221],
  [66.9389, 1401.7, 693.059, 1754.11, 5.43727, 2.92492, 0.444275, 459.802, 450.507, 108.413],
  [68.2518, 1460.63, 723.142, 1756.39, 5.6854, 3.12529, 0.506291, 507.564, 495.85, 119.067],
  [69.3193, 1520.18, 754.193, 1758.88, 5.92704, 3.32481, 0.571766, 558.089, 543.512, 130.288],
  [70.1428, 1580.12, 786.091, 1761.58, 6.16185, 3.52293, 0.640592, 611.405, 593.476, 142.075],
  [70.7245, 1640.25, 818.71, 1764.5, 6.3896, 3.71914, 0.71265, 667.54, 645.723, 154.427],
  [71.0679, 1700.35, 851.927, 1767.65, 6.61012, 3.91301, 0.787813, 726.514, 700.23, 167.34],
  [71.177, 1760.21, 885.617, 1771.02, 6.8233, 4.10411, 0.865943, 788.344, 756.969, 180.806],
];

/** The years in order; the first is 2015. */
export const BASELINE: readonly DiceYear[] = ROWS.map((row, i) => {
  const [emissions, atmosphere, upper, deep, forcing, temperature, ocean, gross_output, net_output, investment] =
    row as [number, number, number, number, number, number, number, number, number, number];
  const climate = { emissions, atmosphere, upper, deep, forcing, temperature, ocean };
  return { year: 2015 + 5 * i, ...climate, gross_output, net_output, investment };
});
