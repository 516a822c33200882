/**
 * What Docker makes of a number that stands without quotes as a value of `environment` or
 * `labels`: its reader of YAML takes it for a number first, so that `022` becomes `18` and
 * `1.10` becomes `1.1`. Undefined for what that reader takes for text.
 */
export function printedNumber(text: string): string | undefined {
  const plain = text.replaceAll('_', '');
  const integer = integerOf(plain);
  if (integer !== undefined) return String(integer);
  return FLOAT.test(plain) ? printedFloat(Number(plain)) : undefined;
}

const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
/** Decimal; hexadecimal, binary and octal with a prefix; octal also behind a mere zero. */
const INTEGER = /^([-+]?)(?:(0|[1-9]\d*)|(0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+)|0([0-7]+))$/;
/** Larger ones are floats to Docker. */
const MOST = 2n ** 64n;

function integerOf(plain: string): bigint | undefined {
  const [, sign, decimal, prefixed, octal] = INTEGER.exec(plain) ?? [];
  const digits = decimal ?? prefixed ?? (octal === undefined ? undefined : `0o${octal}`);
  // More digits than these stand for no number that fits.
  if (digits === undefined || digits.length > 70) return undefined;
  const value = BigInt(digits);
  return value >= MOST ? undefined : sign === '-' ? -value : value;
}

/** As Go prints floats: with an exponent from a million on and below a ten-thousandth. */
function printedFloat(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value === 0 || (power >= -4 && power < 6)) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
