const mebibyte = 2 ** 20;

const decimalUnits = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binaryUnits = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const factors: Readonly<Record<string, number>> = Object.fromEntries([
  ...decimalUnits.map((unit, index) => [unit, 1_000 ** (index - decimalUnits.indexOf(''))]),
  ...binaryUnits.map((unit, index) => [unit, 1_024 ** (index + 1)]),
]);

/** The number a quantity of Kubernetes stands for; NaN for what is none. */
function valueOf(quantity: string | number | undefined): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)([a-zA-Z]*)$/.exec(String(quantity ?? '')) ?? [];
  return digits === undefined ? Number.NaN : Number(digits) * (factors[unit] ?? Number.NaN);
}

/** CPU as a number of cores: 0.25 for `250m`; NaN for what is no amount of CPU, or finer than a thousandth. */
export function coresOf(quantity: string | number | undefined): number {
  const cores = valueOf(quantity);
  return Number.isInteger(Math.round(cores * 1e6) / 1e3) ? cores : Number.NaN;
}

/** Memory or storage in bytes; NaN for what is none, or less than 1 MiB, such as `512m`, which is half a byte. */
export function bytesOf(quantity: string | number | undefined): number {
  const bytes = valueOf(quantity);
  return bytes >= mebibyte ? bytes : Number.NaN;
}
