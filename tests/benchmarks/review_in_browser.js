// Tries the review widget in JupyterLab with a real browser: codes by keyboard, reloads, kills the kernel, opens two
// windows on one file, and shows hostile HTML. It asserts what must hold and leaves photographs to be looked at.
//
//   jupyter lab --no-browser --port 8898 --ServerApp.token='' --ServerApp.disable_check_xsrf=True \
//       --ServerApp.root_dir=FOLDER          (FOLDER: an empty folder outside the project)
//   NODE_PATH=.../node_modules node tests/benchmarks/review_in_browser.js http://127.0.0.1:8898 FOLDER STUDY CHROMIUM [STEP]
//
// STUDY is a folder that `study.save` wrote (of the two seed articles). Needs playwright-core and a Chromium.
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");

const [base, folder, study, browser] = process.argv.slice(2);
const SLOW = 240000;
const HOSTILE = String.raw`"<img src=x onerror=\"window.HACKED=1\"><script>window.HACKED=1</script>&lt;b&gt;\u202e ${"$"}{7*7} =1+1"`;
const HEAD = `import os, pathlib\nimport toolkit as tk\npathlib.Path("NAME.pid").write_text(str(os.getpid()))\nstudy = tk.open_study(${JSON.stringify(study)})\n`;
const BOOKS = {
  first: "tk.review.review(study, study.positions.head(8), 'ann.csv', coder='ann')",
  second: "tk.review.review(study, study.positions.head(8), 'ann.csv', coder='ann')",
  twice: "from IPython.display import display\nw = tk.review.review(study, study.positions.head(8), 'dan.csv', coder='dan')\ndisplay(w, w)",
  blind: "tk.review.review(study, study.quotes.head(5), 'bob.csv', coder='bob', blind=True)",
  stance: "tk.review.review(study, study.positions.iloc[11:20], 'cy.csv', coder='cy', blind=['stance'])",
  hostile: `from toolkit.records import TABLES, Article, Mention, Position, table
bad = ${HOSTILE}
text = f"{bad} said: {bad} talks.\\r\\n\\r\\n{bad}"
at = len(bad) + 7
rows = [Position("a<b>", "a<b>:p1", None, bad, None, "evil", 1, bad, at, at + len(bad), None, "report", "x", 0.5)]
tables = {name: table(name, []) for name in TABLES}
tables["positions"] = table("positions", rows)
tables["mentions"] = table("mentions", [Mention("a<b>", 0, len(bad), bad, "person", bad, None, None, "x")])
article = Article("a<b>", text, title=bad, outlet=bad, date=bad)
tk.review.review(tk.Study(tables, {"a<b>": article}, {"issues": {"evil": bad}}), tables["positions"], "evil.csv", coder=bad)`,
};

function writeBooks() {
  for (const [name, code] of Object.entries(BOOKS)) {
    const source = HEAD.replace("NAME", name) + code;
    const cell = (id, text) => ({ cell_type: "code", id, metadata: {}, execution_count: null, outputs: [], source: text });
    const book = {
      cells: [cell("one", source), cell("two", "1 + 1")],
      metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
      nbformat: 4, nbformat_minor: 5,
    };
    fs.writeFileSync(path.join(folder, `${name}.ipynb`), JSON.stringify(book));
  }
}

const decisions = (file) => {
  const text = fs.readFileSync(path.join(folder, file), "utf8");
  return text.split("\r\n").slice(1).map((line) => (line.match(/,(keep|change|drop|add|unsure|),[a-z]+,[^,]*,[^,]*$/) || [])[1] || "").slice(0, -1);
};

async function page(chrome, address) {
  const made = await chrome.newPage({ viewport: { width: 1200, height: 1100 } });
  made.on("pageerror", (error) => console.log("page error:", error.message.slice(0, 200)));
  await made.goto(`${base}/lab/${address}?reset`, { waitUntil: "domcontentloaded", timeout: SLOW });
  await made.waitForSelector(".jp-Notebook .jp-Cell", { timeout: SLOW });
  await made.waitForTimeout(5000);
  return made;
}

async function run(made) {
  await made.click(".jp-Notebook .jp-Cell .cm-content");
  await made.keyboard.press("Shift+Enter");
  await made.waitForSelector(".tkr-top .tkr-line", { timeout: SLOW });
  await made.waitForTimeout(800);
  return made;
}

const open = async (chrome, name) => run(await page(chrome, `tree/${name}.ipynb`));
const photo = (made, name) => made.screenshot({ path: path.join(folder, `${name}.png`) });
const said = (made) => made.evaluate(() => ({
  top: document.querySelector(".tkr-line strong").textContent,
  status: document.querySelector(".tkr-status").textContent,
  code: document.querySelector(".tkr-code").textContent,
  cells: document.querySelectorAll(".jp-Notebook .jp-Cell").length,
}));

async function press(made, ...keys) {
  for (const key of keys) {
    await made.keyboard.press(key);
    await made.waitForTimeout(150);
    await made.waitForSelector(".tkr:not(.tkr-busy)", { timeout: SLOW });
    await made.waitForTimeout(100);
  }
  return said(made);
}

const STEPS = {
  async "three rows are coded by keyboard, and after a reload it goes on"(chrome) {
    const made = await open(chrome, "first");
    await made.click(".tkr-hint");
    await photo(made, "coding");
    await press(made, "k", "d", "c");
    await photo(made, "form");
    await made.keyboard.press("Control+a");
    await made.keyboard.type("Ada Obi kdu");
    await press(made, "Tab", "Tab", "ArrowDown", "Enter");
    assert.deepEqual(decisions("ann.csv").slice(0, 4), ["keep", "drop", "change", ""]);
    assert.match((await press(made, "Control+s")).status, /saved already/);
    await press(made, "Escape", "Control+s");
    await made.waitForTimeout(3000);
    assert.doesNotMatch(fs.readFileSync(path.join(folder, "first.ipynb"), "utf8"), /Phnom Penh/);
    await made.reload({ waitUntil: "domcontentloaded", timeout: SLOW });
    await made.waitForSelector(".jp-Notebook .jp-Cell", { timeout: SLOW });
    try {
      await made.waitForSelector(".tkr-top .tkr-line", { timeout: 60000 });
      console.log("  the widget came back by itself");
    } catch (error) {
      await run(made);
      console.log("  the widget came back when the cell was run again");
    }
    await made.waitForTimeout(800);
    assert.equal((await said(made)).top, "Position 4 of 8");
    await photo(made, "reloaded");
    await made.click(".tkr-text");
    await press(made, "u");
    assert.equal(decisions("ann.csv")[3], "unsure");
    await made.close();
  },

  async "JupyterLab's own keys do nothing in the widget"(chrome) {
    const made = await open(chrome, "first");
    await made.click(".tkr-text");
    const after = await press(made, "a", "b", "x", "y", "m", "0", "0", "i", "i");
    assert.equal(after.cells, 2);
    assert.equal(decisions("ann.csv").filter(Boolean).length, 4);
    await made.close();
  },

  async "a killed kernel loses at most the row being edited"(chrome) {
    const made = await open(chrome, "first");
    await made.click(".tkr-text");
    await press(made, "k", "c");
    await made.keyboard.press("Control+a");
    await made.keyboard.type("Half typed");
    process.kill(Number(fs.readFileSync(path.join(folder, "first.pid"), "utf8")), "SIGKILL");
    await made.keyboard.press("Enter");
    await made.waitForTimeout(8000);
    assert.match((await said(made)).status, /Not saved yet: the kernel does not answer/);
    await photo(made, "killed");
    assert.deepEqual(decisions("ann.csv"), ["keep", "drop", "change", "unsure", "keep", "", "", ""]);
    const dialog = await made.$("button.jp-Dialog-button.jp-mod-accept");
    if (dialog) await dialog.click();
    await made.waitForTimeout(15000);
    await made.click(".jp-Notebook .jp-Cell .cm-content");
    await made.keyboard.press("Shift+Enter");
    await made.waitForFunction(() => /6 of 8/.test(document.querySelector(".tkr-line strong")?.textContent) && !document.querySelector(".tkr-status").textContent, null, { timeout: SLOW });
    await made.close();
  },

  async "two kernels on one file: nothing is overwritten unseen"(chrome) {
    const first = await open(chrome, "first");
    const second = await open(chrome, "second");
    await second.click(".tkr-text");
    await press(second, "d");
    await first.click(".tkr-text");
    assert.match((await press(first, "k")).status, /Not saved: another window coded this row/);
    await photo(first, "conflict");
    assert.equal(decisions("ann.csv")[5], "drop");
    await press(first, "k");
    assert.equal(decisions("ann.csv")[5], "keep");
    await second.close();
    // The same notebook and kernel in a second window of the browser.
    await press(first, "Escape", "Control+s");
    await first.waitForTimeout(3000);
    const twin = await page(chrome, "workspaces/twin/tree/first.ipynb");
    try {
      await twin.waitForSelector(".tkr-top .tkr-line", { timeout: 60000 });
      console.log("  the second window shows the same widget");
    } catch (error) {
      await run(twin);
      console.log("  the second window ran the cell again");
    }
    await twin.click(".tkr-text");
    await press(twin, "u");
    await first.waitForTimeout(1500);
    await first.click(".tkr-text");
    assert.equal(decisions("ann.csv")[6], "unsure");
    assert.match((await press(first, "k")).status, /another window (coded|has just coded)|Saved/);
    assert.equal(decisions("ann.csv")[6], "unsure");
    await twin.close();
    await first.close();
  },

  async "two views of one widget know of each other"(chrome) {
    const made = await open(chrome, "twice");
    const views = await made.$$(".tkr");
    const status = (view) => view.$eval(".tkr-status", (node) => node.textContent);
    const title = (view) => view.$eval(".tkr-line strong", (node) => node.textContent);
    await (await views[0].$(".tkr-about")).click();
    await press(made, "k");
    await made.waitForTimeout(1500);
    assert.match(await status(views[1]), /Another window has just coded this row/);
    assert.match(await views[1].$eval(".tkr-badge", (node) => node.textContent), /kept/);
    await (await views[1].$(".tkr-about")).click();
    await press(made, "ArrowRight", "c");
    assert.equal(await title(views[1]), "Position 2 of 8");
    await (await views[0].$(".tkr-about")).click();
    await press(made, "d");
    await made.waitForTimeout(1500);
    await (await views[1].$(".tkr-field input")).click();
    await press(made, "Enter");
    assert.match(await status(views[1]), /Not saved: another window coded this row/);
    assert.deepEqual(decisions("dan.csv").slice(0, 3), ["keep", "drop", ""]);
    await made.close();
  },

  async "hostile HTML is text"(chrome) {
    const made = await open(chrome, "hostile");
    await made.click(".tkr-text");
    await press(made, "c");
    await photo(made, "hostile");
    await made.keyboard.press("Control+a");
    await made.keyboard.type('"><img src=x onerror=window.HACKED=2>');
    await press(made, "Enter", "n");
    await made.keyboard.type("=1+1<svg onload=window.HACKED=3>");
    await press(made, "Enter");
    const found = await made.evaluate(() => [window.HACKED, document.querySelectorAll(".tkr img, .tkr script, .tkr svg, .tkr b").length]);
    assert.deepEqual(found, [undefined, 0]);
    const file = fs.readFileSync(path.join(folder, "evil.csv"), "utf8");
    assert.ok(file.includes("'=1+1<svg onload=window.HACKED=3>") && file.includes("<img src=x onerror=window.HACKED=2>"));
    await made.close();
  },

  async "blind coding"(chrome) {
    const made = await open(chrome, "blind");
    await made.click(".tkr-text");
    assert.match((await press(made, "k")).status, /hidden/);
    await press(made, "c");
    await made.keyboard.type("Hun Sen");
    await made.keyboard.press("Tab");
    await made.keyboard.type("mixed");
    await photo(made, "blind");
    await press(made, "Enter", "ArrowLeft");
    await photo(made, "blind_coded");
    assert.equal(decisions("bob.csv")[0], "change");
    await made.close();
  },

  async "the side alone is coded with one key, and a missed unit is added"(chrome) {
    const made = await open(chrome, "stance");
    await made.click(".tkr-text");
    await press(made, "+", "-", "ArrowLeft");
    assert.deepEqual(decisions("cy.csv").slice(0, 3).map(Boolean), [true, true, false]);
    await made.evaluate(() => {
      const last = [...document.querySelector(".tkr-text").childNodes].filter((node) => node.nodeType === 3).pop();
      const range = document.createRange();
      range.setStart(last, 3);
      range.setEnd(last, 40);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    });
    await press(made, "a");
    await photo(made, "adding");
    await made.keyboard.type("Hun Sen");
    const after = await press(made, "Tab", "ArrowDown", "Tab", "ArrowDown", "Enter");
    assert.match(after.status, /added at the end/);
    assert.equal(decisions("cy.csv").pop(), "add");
    await made.close();
  },
};

const wanted = process.argv[6];

(async () => {
  writeBooks();
  for (const file of ["ann.csv", "bob.csv", "cy.csv", "dan.csv", "evil.csv"]) fs.rmSync(path.join(folder, file), { force: true });
  const chrome = await chromium.launch({ executablePath: browser, args: ["--no-sandbox", "--disable-gpu"] });
  let failed = 0;
  for (const [name, step] of Object.entries(STEPS)) {
    if (wanted && !name.includes(wanted)) continue;
    const sessions = await (await fetch(`${base}/api/sessions`)).json();
    for (const session of sessions) await fetch(`${base}/api/sessions/${session.id}`, { method: "DELETE" });
    try {
      await step(chrome);
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n${error.stack.slice(0, 1200)}`);
      for (const context of chrome.contexts()) for (const made of context.pages()) await photo(made, "failed").then(() => made.close());
    }
  }
  await chrome.close();
  process.exit(failed ? 1 : 0);
})();
