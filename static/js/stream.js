// An answer that comes line by line, and the bar that shows how far it is.

export const STREAM = "application/x-ndjson";

// Returns a function that says how far the work of a place is; without numbers the bar only moves.
export function bar(place) {
  const box = place.querySelector("[data-progress]");
  const [progress, words] = [box.querySelector("progress"), box.querySelector("span")];
  box.hidden = false;
  return (sentence, done, of) => {
    words.textContent = sentence;
    if (of) { progress.max = of; progress.value = done; } else progress.removeAttribute("value");
  };
}

// Reads an answer line by line while the server works.
export async function follow(response, heard) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    const lines = (rest + (value ?? "")).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line) heard(JSON.parse(line));
    if (done) return;
  }
}
