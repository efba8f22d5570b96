// How people write counts. The same cases as parse_count in reports/entry/figures.py: tests/number_cases.json.

export const GREATEST = 999999999;
export const NOT_A_COUNT = "Ghi số nguyên từ 0 đến 999.999.999, hoặc để trống nếu chưa có số liệu.";

const PLAIN = /^[0-9]{1,12}$/;
const GROUPED = /^[1-9][0-9]{0,2}((\.[0-9]{3}){1,3}|(,[0-9]{3}){1,3}|( [0-9]{3}){1,3})$/;

// A number, null for a blank; throws an Error with a sentence otherwise.
export function parseCount(typed) {
  const text = typed.replaceAll("\u00a0", " ").trim();
  if (!text) return null;
  if (!PLAIN.test(text) && !GROUPED.test(text)) throw new Error(`“${text.slice(0, 30)}” không phải là số đếm. ${NOT_A_COUNT}`);
  const value = Number(text.replace(/[., ]/g, ""));
  if (value > GREATEST) throw new Error(`“${text.slice(0, 30)}” quá lớn. ${NOT_A_COUNT}`);
  return value;
}

export const write = (value) => (value === null || value === undefined ? "–" : String(value).replace(/\B(?=([0-9]{3})+$)/g, "."));
