// Lighthouse in one process and one browser for any number of pages: each line in is a page, each line out what was found.
// A page's speed is measured as on a desktop; without it nothing waits for a quiet second.
import { createInterface } from "node:readline";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import desktop from "lighthouse/core/config/desktop-config.js";

const chrome = await launch({ chromePath: process.env.CHROME_PATH, chromeFlags: process.argv.slice(2) });
const AT_ONCE = { pauseAfterFcpMs: 0, pauseAfterLoadMs: 0, networkQuietThresholdMs: 0, cpuQuietThresholdMs: 0 };

for await (const line of createInterface({ input: process.stdin })) {
  const { url, headers, categories } = JSON.parse(line);
  const timed = categories.includes("performance");
  const flags = {
    port: chrome.port, output: "json", logLevel: "silent", onlyCategories: categories, extraHeaders: headers,
    disableFullPageScreenshot: true, ...(timed ? {} : { throttlingMethod: "provided", ...AT_ONCE }),
  };
  let answer;
  try {
    const { lhr } = await lighthouse(url, flags, desktop);
    answer = lhr.runtimeError ? { error: lhr.runtimeError.message } : { categories: lhr.categories, audits: lhr.audits };
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify(answer));
}
await chrome.kill();
