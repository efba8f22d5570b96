// How people write counts. The same cases as parse_count in communes/counts.py: tests/number_cases.json.

export const GREATEST = 999999999;
export const NOT_A_COUNT = "Ghi số nguyên từ 0 đến 999.999.999, hoặc để trống nếu chưa có số liệu.";

const PLAIN = /^[0-9]{1,12}(,00?)?$/; // "163,0": the comma is the decimal mark, and there is no part of one
const GROUPED = /^[1-9][0-9]{0,2}(((\.[0-9]{3}){1,3}|( [0-9]{3}){1,3})(,00?)?|(,[0-9]{3}){1,3})$/;
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;

const WIDE = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
const AROUND = /^[ \t\r\n\u200b-\u200f\u2060\ufeff]+|[ \t\r\n\u200b-\u200f\u2060\ufeff]+$/g;

// Text as it is compared: composed letters, no invisible characters, plain spaces.
export const clean = (text) => text.replace(UNSEEN, "").replace(WIDE, " ").normalize("NFC").trim();

// A number, null for a blank; throws an Error with a sentence otherwise.
export function parseCount(typed) {
  const text = typed.replace(WIDE, " ").replace(AROUND, "");
  if (!text) return null;
  if (!PLAIN.test(text) && !GROUPED.test(text)) throw new Error(`“${text.slice(0, 30)}” không phải là số đếm. ${NOT_A_COUNT}`);
  const value = Number(text.replace(/,00?$/, "").replace(/[., ]/g, ""));
  if (value > GREATEST) throw new Error(`“${text.slice(0, 30)}” quá lớn. ${NOT_A_COUNT}`);
  return value;
}

// The same without a sentence: undefined for what is no count.
export const read = (text) => { try { return parseCount(text); } catch { return undefined; } };

export const write = (value) => (value === null || value === undefined ? "–" : String(value).replace(/\B(?=([0-9]{3})+$)/g, "."));

// As a cell shows it: thousands as in the totals, a blank as nothing; what is no count stays as it was typed.
export function shown(text) {
  const value = read(text);
  return value === undefined ? text : value === null ? "" : write(value);
}

// Whether two texts say the same count; what is no count is compared letter by letter.
export const same = (one, other) => shown(one) === shown(other);
