// The page of the review widget. All words come from articles, codebooks and coders: they are set as text, never as HTML.
// Every message to the kernel has a number; the page goes on only when the kernel has answered that it saved.

const WAIT = 5000; // milliseconds until the coder is told that the kernel does not answer
const NAMES = {
  actor: "Actor", issue: "Issue", stance: "Stance", speakers: "Speakers", kind: "Kind", source: "Source", cue: "Cue",
};
const DECIDED = {
  keep: "kept", change: "changed", drop: "dropped", add: "added by you", unsure: "unsure",
};
const ASKED = {
  positions: "Who takes which side on which issue in the marked words?",
  quotes: "Whose words are marked, and how are they reported?",
};
const SIDES = { "1": "▲ supports", "-1": "▼ opposes" };

function make(tag, style, text) {
  const node = document.createElement(tag);
  if (style) node.className = style;
  if (text !== undefined && text !== null) node.textContent = String(text);
  return node;
}

function button(style, key, label, act) {
  const node = make("button", style);
  node.type = "button";
  node.tabIndex = -1;
  if (key) node.append(make("kbd", "", key));
  node.append(make("span", "", label));
  node.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the text selection and the focus
  node.addEventListener("click", act);
  return node;
}

class Review {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.view = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    this.seq = 0;
    this.waiting = null; // what the kernel has been asked and not yet answered
    this.task = null;
    this.row = null;
    this.form = null; // the fields, while values are being edited
    this.selected = null; // start and end of the words that were selected to add a unit
    this.note = null;
    this.message = { text: "", style: "" };
    this.receive = (reply) => this.answered(reply);
    this.pressed = (event) => this.key(event);
    this.focused = () => this.root.classList.toggle("tkr-active", this.root.contains(document.activeElement));
    root.addEventListener("keydown", this.pressed);
    root.addEventListener("focusin", this.focused);
    root.addEventListener("focusout", () => setTimeout(this.focused));
    model.on("msg:custom", this.receive);
    this.ask({ type: "open", index: null });
  }

  close() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.receive);
  }

  // ---- the kernel

  ask(message) {
    if (this.waiting && !this.waiting.late) return;
    this.seq += 1;
    this.waiting = { ...message, view: this.view, seq: this.seq, late: false };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.silent(), WAIT);
    const { late, saved, ...sent } = this.waiting;
    try {
      this.model.send(sent);
    } catch (error) {
      this.silent();
    }
    this.root.classList.add("tkr-busy");
  }

  silent() {
    if (!this.waiting) return;
    this.waiting.late = true;
    this.root.classList.remove("tkr-busy");
    const lost = this.waiting.type === "decide" || this.waiting.type === "add";
    this.say(
      `${lost ? "Not saved yet: the" : "The"} kernel does not answer. If another cell is running, wait. If the kernel was ` +
        "stopped or restarted, run the cell of this widget again: all earlier decisions are in the file.",
      "warn",
    );
  }

  answered(reply) {
    if (!reply) return;
    if (reply.view !== this.view) return this.elsewhere(reply);
    if (reply.type === "elsewhere" || !this.waiting || reply.seq !== this.waiting.seq) return;
    const asked = this.waiting;
    this.waiting = null;
    clearTimeout(this.timer);
    this.root.classList.remove("tkr-busy");
    if (reply.task) this.task = reply.task;
    if (reply.type === "refused") return this.say(reply.message, "warn");
    this.show(reply.then && !asked.saved ? reply.then : reply);
    if (reply.type === "conflict") return this.say(reply.message, "warn");
    if (reply.type !== "saved") return;
    this.say(`Saved: ${asked.type === "add" ? "added at the end of the list" : asked.saved || this.done(reply.code)}.`, "good");
  }

  // Another view of the same kernel saved something.
  elsewhere(reply) {
    if (reply.type !== "elsewhere" || !this.row) return;
    if (reply.index !== this.row.index || this.form || this.noting()) {
      Object.assign(this.row, { coded: reply.coded, total: reply.total, counts: reply.counts });
      this.drawTop();
      if (reply.index === this.row.index) this.say("Another window has just coded this row.", "warn");
    } else {
      this.ask({ type: "go", id: this.row.id });
      this.say("Another window has just coded this row: you see its code.", "warn");
    }
  }

  // ---- what the coder does

  // `saved` is what to say of it where the page should stay on the row.
  decide(decision, values, saved) {
    if (!this.row) return;
    this.ask({
      type: "decide", id: this.row.id, index: this.row.index, version: this.row.version, decision,
      values: values || this.row.code.values, comment: this.note ? this.note.value : this.row.code.comment, saved,
    });
  }

  go(step) {
    if (!this.row) return;
    const index = this.row.index + step;
    this.say("", "");
    if (index >= 0 && index < this.row.total) this.ask({ type: "go", index });
  }

  goUndecided() {
    if (this.row && this.row.next !== null) this.ask({ type: "go", index: this.row.next });
    else this.say("Every other row has a decision.", "good");
  }

  blind() {
    return this.task.hidden.length > 0;
  }

  keep() {
    if (this.blind()) return this.say("The machine's answer is hidden: give the values (c).", "warn");
    if (this.row.added) return this.say("You added this unit: change its values (c) or drop it (d).", "warn");
    this.decide("keep");
  }

  unsure() {
    if (this.row.added) return this.say("You added this unit: change its values (c) or drop it (d).", "warn");
    this.decide("unsure");
  }

  // One key codes the side where that is all that is asked.
  side(value) {
    if (this.task.hidden.length !== 1 || this.task.hidden[0] !== "stance" || this.row.added) return false;
    this.decide("change", { ...this.row.machine, stance: value });
    return true;
  }

  open(adding) {
    if (adding) {
      this.selected = this.selection();
      if (!this.selected) {
        return this.say("Select the words of the missed unit in the text with the mouse, then press a.", "warn");
      }
    }
    const decided = ["keep", "change", "add"].includes(this.row.code.decision);
    const shown = this.row.machine || {};
    const from = adding ? {} : decided ? this.row.code.values : { ...this.row.code.values, ...shown };
    this.form = { adding, fields: {}, from };
    this.drawForm();
    const asked = adding ? undefined : this.task.variables.find((name) => this.task.hidden.includes(name));
    const first = asked || this.task.variables[0];
    this.form.fields[first].focus();
  }

  shut() {
    this.form = null;
    this.selected = null;
    this.parts.form.replaceChildren();
    this.parts.form.hidden = true;
    this.root.focus({ preventScroll: true });
  }

  submit() {
    const values = {};
    for (const [name, field] of Object.entries(this.form.fields)) values[name] = field.value.trim() || null;
    const missing = this.task.needed.find((name) => !values[name]);
    if (missing) {
      this.form.fields[missing].focus();
      return this.say(`${NAMES[missing]} is missing.`, "warn");
    }
    if (!this.form.adding) return this.decide(this.row.added ? "add" : "change", values);
    const comment = this.note ? this.note.value : null;
    this.ask({ type: "add", id: this.row.id, ...this.selected, values, comment: comment === (this.row.code.comment || "") ? null : comment });
  }

  // The selected words as characters of the article; a character is a code point, as in the kernel.
  selection() {
    const chosen = window.getSelection();
    const text = this.parts.text;
    if (!chosen || chosen.isCollapsed || !chosen.rangeCount) return null;
    const range = chosen.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(range.startContainer, range.startOffset);
    const start = this.row.context.start + [...before.toString()].length;
    return { start, end: start + [...range.toString()].length, words: range.toString() };
  }

  noting() {
    return this.note && this.note === document.activeElement;
  }

  key(event) {
    event.stopPropagation(); // JupyterLab has keys of its own, some of which delete cells
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      return this.say("Decisions are saved already. Press Esc first to save the notebook.", "");
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !this.row) return;
    const inForm = this.form && this.parts.form.contains(event.target);
    const act = this.noting() ? this.keyInNote(event) : inForm ? this.keyInForm(event) : this.keyInList(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  keyInNote(event) {
    if (event.key === "Escape") return () => this.root.focus({ preventScroll: true });
    if (event.key !== "Enter" || event.shiftKey) return null;
    return () => {
      this.root.focus({ preventScroll: true });
      if (!this.form) this.decide(this.row.code.decision, null, "the note");
    };
  }

  keyInForm(event) {
    if (event.key === "Escape") return () => this.shut();
    if (event.key === "Enter" && event.target.tagName !== "BUTTON") return () => this.submit();
    return null;
  }

  keyInList(event) {
    const acts = {
      k: () => this.keep(), d: () => this.decide("drop"), u: () => this.unsure(), c: () => this.open(false),
      a: () => this.open(true), n: () => this.note.focus(), f: () => this.goUndecided(), z: () => this.undo(),
      arrowright: () => this.go(1), arrowleft: () => this.go(-1), escape: () => (this.form ? this.shut() : this.leave()),
      "+": () => this.side("1"), "-": () => this.side("-1"),
    };
    const found = acts[event.key.toLowerCase()];
    if (!found || (event.repeat && !event.key.startsWith("Arrow"))) return null;
    return found;
  }

  // Gives the keyboard back to the notebook.
  leave() {
    const cell = this.root.closest(".jp-Cell");
    if (cell) cell.focus({ preventScroll: true });
    if (this.root.contains(document.activeElement)) document.activeElement.blur();
  }

  undo() {
    if (!this.row.code.decision) return this.say("This row has no decision to take back.", "");
    if (this.row.added) return this.say("You added this unit: drop it (d) to take it back.", "warn");
    this.decide(null, null, "the decision is taken back");
  }

  // ---- what the coder sees

  say(text, style) {
    this.message = { text, style };
    if (!this.parts) {
      this.root.replaceChildren(make("div", `tkr-status tkr-${style}`, text));
      return;
    }
    this.parts.status.className = `tkr-status${style ? ` tkr-${style}` : ""}`;
    this.parts.status.textContent = text;
  }

  build() {
    const part = (tag, style) => make(tag, style);
    this.parts = {
      top: part("div", "tkr-top"), about: part("div", "tkr-about"), text: part("div", "tkr-text"),
      code: part("div", "tkr-code"), form: part("div", "tkr-form"), note: part("div", "tkr-note"),
      status: part("div", "tkr-status"), keys: part("div", "tkr-keys"),
    };
    this.parts.form.hidden = true;
    this.parts.status.setAttribute("role", "status");
    this.parts.status.setAttribute("aria-live", "polite");
    this.parts.text.dir = "auto";
    const hint = make("div", "tkr-hint", "Click here to code by keyboard");
    const foot = part("div", "tkr-foot");
    foot.append(hint, this.parts.keys);
    this.root.replaceChildren(
      this.parts.top, this.parts.about, this.parts.text, this.parts.code, this.parts.form, this.parts.note,
      this.parts.status, foot,
    );
    this.root.addEventListener("mousedown", (event) => {
      if (event.target.closest("input, select, textarea")) return;
      // After JupyterLab's own handler, which focuses the cell.
      setTimeout(() => this.root.focus({ preventScroll: true }));
    });
  }

  show(row) {
    if (!this.parts) this.build();
    const had = this.root.contains(document.activeElement);
    this.row = row;
    this.form = null;
    this.selected = null;
    this.parts.form.hidden = true;
    this.parts.form.replaceChildren();
    this.drawTop();
    this.drawText();
    this.drawCode();
    this.drawNote();
    this.drawKeys();
    if (had) this.root.focus({ preventScroll: true });
  }

  drawTop() {
    const { index, total, coded, counts } = this.row;
    const line = make("div", "tkr-line");
    line.append(make("strong", "", `${this.task.table === "quotes" ? "Quote" : "Position"} ${index + 1} of ${total}`));
    const told = this.blind() ? {} : counts;
    const parts = Object.entries(told).filter(([, n]) => n).map(([name, n]) => `${n} ${DECIDED[name]}`);
    line.append(make("span", "tkr-faint", `${coded} coded${parts.length ? `: ${parts.join(", ")}` : ""}`));
    line.append(make("span", "tkr-who", `${this.task.coder} · ${this.task.file}`));
    const bar = make("div", "tkr-bar");
    bar.setAttribute("role", "progressbar");
    bar.setAttribute("aria-valuenow", coded);
    bar.setAttribute("aria-valuemax", total);
    const fill = make("div", "tkr-fill");
    fill.style.width = `${total ? (100 * coded) / total : 0}%`;
    bar.append(fill);
    this.parts.top.replaceChildren(line, bar);
    if (coded === total) this.parts.top.append(make("div", "tkr-done", "Every row has a decision. You can still go back and change one."));
  }

  drawText() {
    const { article, context, same } = this.row;
    const about = this.parts.about;
    about.replaceChildren(make("span", "tkr-title", article.title));
    if (article.about) about.append(make("span", "tkr-faint", article.about));
    if (same[1] > 1) about.append(make("span", "tkr-chip", `unit ${same[0]} of ${same[1]} on this passage`));
    const text = this.parts.text;
    text.replaceChildren();
    text.classList.toggle("tkr-before", context.before);
    text.classList.toggle("tkr-after", context.after);
    let evidence = null;
    for (const piece of context.pieces) {
      const node = piece.marks.length
        ? make(piece.marks.includes("evidence") ? "mark" : "span", piece.marks.map((m) => `tkr-${m}`).join(" "), piece.text)
        : document.createTextNode(piece.text);
      if (piece.marks.includes("evidence") && !evidence) evidence = node;
      text.append(node);
    }
    if (!evidence) return;
    const middle = evidence.offsetTop - text.offsetTop - text.clientHeight / 3;
    text.scrollTop = Math.max(0, middle);
  }

  // A variable's value in words.
  worded(name, value) {
    if (value === null || value === undefined || value === "") return name === "speakers" ? "nobody" : "none";
    if (name === "stance") return SIDES[String(value)] || String(value);
    if (name === "issue") return (this.task.issues.find((issue) => issue.id === value) || { label: value }).label;
    return String(value);
  }

  values(title, values, style) {
    const line = make("div", `tkr-values ${style}`);
    const cells = make("div", "tkr-cells");
    line.append(make("span", "tkr-label", title), cells);
    for (const name of this.task.variables) {
      const cell = make("span", "tkr-value");
      const hidden = values === this.row.machine && this.task.hidden.includes(name);
      const word = make("bdi", hidden ? "tkr-faint" : "", hidden ? "hidden" : this.worded(name, values[name]));
      if (name === "stance" && !hidden) word.classList.add(String(values[name]) === "1" ? "tkr-for" : "tkr-against");
      cell.append(make("span", "tkr-name", NAMES[name]), word);
      cells.append(cell);
    }
    return line;
  }

  // Whether a blind code is the machine's own would give the machine's answer away.
  done(code) {
    return this.blind() && ["keep", "change"].includes(code.decision) ? "coded" : DECIDED[code.decision];
  }

  drawCode() {
    const { machine, code, confidence } = this.row;
    const box = this.parts.code;
    box.replaceChildren();
    if (machine && this.task.hidden.length < this.task.variables.length) {
      const line = this.values("Machine", machine, "tkr-machine");
      if (confidence !== null) line.append(make("span", "tkr-faint", `confidence ${confidence.toFixed(2)}`));
      box.append(line);
    } else if (machine && !code.decision) {
      box.append(make("div", "tkr-asked", `The machine's answer is hidden. ${ASKED[this.task.table]}`));
    }
    if (!code.decision) return;
    const valued = code.decision === "change" || code.decision === "add" || (code.decision === "keep" && this.blind());
    const style = `tkr-yours tkr-is-${code.decision}`;
    const line = valued ? this.values("You", code.values, style) : make("div", `tkr-values ${style}`);
    if (!valued) line.append(make("span", "tkr-label", "You"));
    line.append(make("span", "tkr-badge", this.done(code)));
    box.append(line);
  }

  drawForm() {
    const { from, fields, adding } = this.form;
    const box = this.parts.form;
    box.hidden = false;
    box.replaceChildren();
    if (adding) {
      const words = make("div", "tkr-adding");
      words.append(make("span", "tkr-label", "Add"), make("bdi", "tkr-picked", this.selected.words.trim()));
      box.append(words);
    }
    const grid = make("div", "tkr-grid");
    for (const name of this.task.variables) {
      const label = make("label", `tkr-field tkr-field-${name}`);
      label.append(make("span", "tkr-name", NAMES[name]));
      const field = this.field(name, from[name]);
      fields[name] = field;
      label.append(field);
      grid.append(label);
    }
    box.append(grid);
    if (fields.issue) {
      const wording = make("div", "tkr-wording");
      const tell = () => this.tellIssue(wording, fields.issue.value);
      fields.issue.addEventListener("change", tell);
      tell();
      box.append(wording);
    }
    const foot = make("div", "tkr-formfoot");
    foot.append(
      button("tkr-key tkr-main", "Enter", adding ? "add" : "save", () => this.submit()),
      button("tkr-key", "Esc", "cancel", () => this.shut()),
    );
    box.append(foot);
  }

  field(name, value) {
    const given = value === null || value === undefined ? "" : String(value);
    const choices = {
      issue: () => this.task.issues.map((issue) => [issue.id, issue.label]),
      stance: () => Object.entries(SIDES).sort((a, b) => b[0] - a[0]),
      kind: () => this.task.kinds.map((kind) => [kind, kind]),
    }[name];
    if (choices) {
      const select = make("select", "tkr-input");
      const options = choices();
      if (given && !options.some(([id]) => id === given)) options.push([given, given]);
      for (const [id, label] of [["", "choose …"], ...options]) {
        const option = make("option", "", label);
        option.value = id;
        select.append(option);
      }
      select.value = given;
      return select;
    }
    const input = make("input", "tkr-input");
    input.type = "text";
    input.value = given;
    input.spellcheck = false;
    input.autocomplete = "off";
    if (name === "actor" || name === "speakers") {
      if (name === "speakers") input.placeholder = "several: A; B — nobody: leave empty";
      const list = make("datalist");
      list.id = `tkr-${this.view}-${name}`;
      for (const actor of this.row.suggestions) {
        const option = make("option");
        option.value = actor;
        list.append(option);
      }
      this.parts.form.append(list);
      input.setAttribute("list", list.id);
    } else {
      input.placeholder = "as printed, or empty";
    }
    return input;
  }

  tellIssue(box, id) {
    box.replaceChildren();
    const issue = this.task.issues.find((entry) => entry.id === id);
    if (!issue || !issue.proposition) return;
    box.append(make("div", "tkr-proposition", issue.proposition));
    for (const [sign, style, text] of [["▲", "tkr-for", issue.supports], ["▼", "tkr-against", issue.opposes], ["not", "tkr-faint", issue.excludes]]) {
      if (!text) continue;
      const line = make("div", "tkr-side");
      line.append(make("span", style, sign), make("span", "", text));
      box.append(line);
    }
  }

  drawNote() {
    const label = make("label", "tkr-field");
    label.append(make("span", "tkr-name", "Note"));
    this.note = make("textarea", "tkr-input");
    this.note.rows = 1;
    this.note.value = this.row.code.comment || "";
    this.note.placeholder = "n: write a note; Enter saves it";
    label.append(this.note);
    this.parts.note.replaceChildren(label);
  }

  drawKeys() {
    const coding = this.blind() ? "code" : "change";
    const onlySide = this.task.hidden.length === 1 && this.task.hidden[0] === "stance" && !this.row.added;
    const keys = [
      ...(this.blind() || this.row.added ? [] : [["k", "keep", () => this.keep(), "tkr-main"]]),
      ...(onlySide ? [["+", "supports", () => this.side("1"), "tkr-main"], ["-", "opposes", () => this.side("-1"), "tkr-main"]] : []),
      ["c", coding, () => this.open(false), this.blind() && !onlySide ? "tkr-main" : ""],
      ["d", "drop", () => this.decide("drop"), ""],
      ...(this.row.added ? [] : [["u", "unsure", () => this.unsure(), ""]]),
      ["n", "note", () => this.note.focus(), ""],
      ["a", "add selected words", () => this.open(true), ""],
      ...(this.row.code.decision && !this.row.added ? [["z", "take back", () => this.undo(), ""]] : []),
    ];
    const ways = [
      ["←", "back", () => this.go(-1), ""],
      ["→", "on", () => this.go(1), ""],
      ["f", "next uncoded", () => this.goUndecided(), ""],
    ];
    const groups = [keys, ways].map((group) => {
      const box = make("div", "tkr-group");
      box.append(...group.map(([key, label, act, style]) => button(`tkr-key ${style}`, key, label, act)));
      return box;
    });
    this.parts.keys.replaceChildren(...groups);
  }
}

function render({ model, el }) {
  const root = make("div", "tkr");
  root.tabIndex = 0;
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "Coding by hand");
  root.append(make("div", "tkr-status", "Loading …"));
  el.append(root);
  const review = new Review(model, root);
  return () => review.close();
}

export default { render };
