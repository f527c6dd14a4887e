import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { runDeno } from "../base/testing_deno.ts";
import { UserError } from "../base/user_error.ts";
import { defineCommand, flag, oneOf, option, runCommand, text, wholeNumber } from "./command.ts";

/** A command that prints everything that the framework passes to it. */
const probe = defineCommand({
  name: "probe",
  summary: "Try the frame.",
  arguments: { from: "where from" },
  options: {
    batchSize: option("<n>", "images per step", wholeNumber(1, 100), "32"),
    loss: option("<name>", "what is minimised", oneOf(["meanSquare", "crossEntropy"])),
    how: option("<how>", "how to end", text, "well"),
    dryRun: flag("write nothing"),
  },
  examples: ["probe a.csv --batch-size 8", "probe a.csv --json  # for scripts"],
  run({ arguments: { from }, options, json, say, note, fail }) {
    say(`said ${from}`);
    note("noted");
    if (options.how === "user error") throw new UserError("a.csv, line 3: 783 pixels");
    if (options.how === "wrong usage") throw new UserError("two seeds are needed", 2);
    if (options.how === "bug") throw new TypeError("x is not a function");
    if (options.how === "late") fail("1 of 3 trials failed");
    return { from, json, ...options };
  },
});

/** Runs the probe and returns its output. */
async function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  let stdout = "";
  let stderr = "";
  const status = await runCommand(probe, args, {
    stdout: (text) => stdout += text,
    stderr: (text) => stderr += text,
  });
  return { status, stdout, stderr };
}

Deno.test("flags are the options' names in kebab case, with defaults", async () => {
  const plain = await run("a.csv", "--json");
  assert.deepEqual(JSON.parse(plain.stdout), {
    from: "a.csv",
    json: true,
    batchSize: 32,
    how: "well",
    dryRun: false,
  });
  const { stdout } = await run(
    "a",
    "--json",
    "--batch-size",
    "8",
    "--loss=meanSquare",
    "--dry-run",
  );
  const { batchSize, loss, dryRun } = JSON.parse(stdout);
  assert.deepEqual([batchSize, loss, dryRun], [8, "meanSquare", true]);
});

Deno.test("stdout has the report, or with --json only one document", async () => {
  assert.deepEqual(await run("a.csv"), { status: 0, stdout: "said a.csv\n", stderr: "noted\n" });
  const { status, stdout, stderr } = await run("a.csv", "--json");
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).from, "a.csv");
  assert.equal(stderr, "said a.csv\nnoted\n");
});

Deno.test("--help goes to stdout, with defaults and examples, status 0", async () => {
  const { status, stdout, stderr } = await run("--help");
  assert.equal(status, 0);
  assert.equal(stderr, "");
  assert.match(stdout, /Usage: deno task probe \[options\] <from>/);
  assert.match(stdout, /--batch-size <n> +images per step \(default: 32\)/);
  assert.ok(stdout.includes("Examples:\n  deno task probe a.csv --batch-size 8\n"), stdout);
});

Deno.test("wrong usage is named on stderr, status 2", async () => {
  for (
    const [args, message] of [
      [["a", "--batch-size", "0"], /'--batch-size <n>'.*'0'.*a whole number from 1 to 100/],
      [["a", "--batch-size", "abc"], /expected a whole number/],
      [["a", "--loss", "hinge"], /expected one of meanSquare, crossEntropy/],
      [
        ["a", "--batch-sise", "1"],
        /unknown option '--batch-sise'\n\(Did you mean --batch-size\?\)/,
      ],
      [["a", "--batch-size"], /argument missing/],
      [[], /missing required argument 'from'/],
      [[""], /an argument is empty/],
      [["a", "--how", ""], /'--how <how>'.*expected a text that is not empty/],
      [["a", "b"], /too many arguments/],
      [["a", "--how", "wrong usage"], /^noted\nerror: two seeds are needed\n/],
    ] as const
  ) {
    const { status, stderr } = await run(...args);
    assert.equal(status, 2, args.join(" "));
    assert.match(stderr, message);
    assert.match(stderr, /`deno task probe --help` lists the options/);
  }
});

Deno.test("a user error is one line without a stack, status 1", async () => {
  const { status, stderr } = await run("a", "--how", "user error");
  assert.deepEqual([status, stderr], [1, "noted\nerror: a.csv, line 3: 783 pixels\n"]);
});

Deno.test("a bug shows its stack and says that it is one, status 1", async () => {
  const { status, stderr } = await run("a", "--how", "bug");
  assert.equal(status, 1);
  assert.match(stderr, /TypeError: x is not a function\n +at .*command_test\.ts/);
  assert.match(stderr, /This is a bug in the program/);
});

Deno.test("fail() keeps the result and ends with status 1", async () => {
  const { status, stdout, stderr } = await run("a", "--how", "late", "--json");
  assert.equal(status, 1);
  assert.equal(JSON.parse(stdout).how, "late");
  assert.match(stderr, /error: 1 of 3 trials failed\n$/);
});

/** Starts a program that calls `main` with a `run` of the given body. */
async function spawnCommand(body: string): Promise<Deno.ChildProcess & { stderr: ReadableStream }> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  const frame = new URL("./command.ts", import.meta.url).href;
  await Deno.writeTextFile(
    file,
    `import { defineCommand, main } from "${frame}";
     await main(defineCommand({ name: "x", summary: "x", examples: [],
       run: async ({ say, onInterrupt }) => { ${body} } }));`,
  );
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--allow-env=INIT_CWD",
      "--config",
      projectPath("deno.json"),
      file,
    ],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
}

Deno.test("Ctrl-C says what was kept, status 130; SIGTERM 143", async () => {
  for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const child = await spawnCommand(`
      let fail;
      onInterrupt(async () => {
        fail(new Error("the command falls over while it is being stopped"));
        await new Promise((resolve) => setTimeout(resolve, 300));
        return "2 of 9 trials are kept";
      });
      say("ready");
      const alive = setInterval(() => {}, 1000);
      await new Promise((_, reject) => fail = reject);`);
    const reader = child.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    // Twice, as it comes from a terminal and from `deno task`.
    child.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill(signal);
    const { code, stderr } = await child.output();
    assert.equal(code, status);
    assert.equal(new TextDecoder().decode(stderr), "\nstopped: 2 of 9 trials are kept\n");
  }
});

Deno.test("a closed pipe (… | head) is not an error, and the work is finished", async () => {
  const child = await spawnCommand(`
    for (let i = 0; i < 50_000; i++) say("line " + i);
    Deno.stderr.writeSync(new TextEncoder().encode("all said"));`);
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(await new Response(child.stderr).text(), "all said");
  assert.equal((await child.status).code, 0);
});

Deno.test("output that cannot be written is an error in one line", async () => {
  // Writes to /dev/full fail.
  const line = `"${Deno.execPath()}" task --quiet convert --help > /dev/full`;
  const { code, stderr } = await new Deno.Command("sh", { args: ["-c", line] }).output();
  assert.equal(code, 1);
  assert.match(
    new TextDecoder().decode(stderr),
    /^error: the output cannot be written \(No space left on device[^\n]*\)\n$/,
  );
});

Deno.test("a missing permission is one line without a stack, wherever it occurs", async () => {
  const bodies = {
    "in run": `await Deno.readTextFile("/etc/hostname");`,
    "in a callback": `setTimeout(() => Deno.readTextFileSync("/etc/hostname"));
      await new Promise((resolve) => setTimeout(resolve, 60_000));`,
    "in a promise that nothing awaits": `Deno.readTextFile("/etc/hostname");
      await new Promise((resolve) => setTimeout(resolve, 60_000));`,
    "as Deno's Node.js modules report it": `throw new Error(
      'NotCapable: Requires read access to "/etc/hostname", run again with the --allow-read flag\\n' +
      "    at somewhere (ext:deno_node/somewhere.ts:1:1)");`,
  };
  for (const [where, body] of Object.entries(bodies)) {
    const { code, stderr } = await (await spawnCommand(body)).output();
    assert.equal(
      new TextDecoder().decode(stderr),
      'error: permission denied: read access to "/etc/hostname"; run through `deno task x`\n',
      where,
    );
    assert.equal(code, 1, where);
  }
});

Deno.test("a command without any permission reports it in one line", async () => {
  const { code, stderr } = await runDeno(
    ["run", "--no-prompt", "lib/cli/convert.ts", "a.csv", "b.csv"],
  );
  assert.equal(
    stderr,
    'error: permission denied: env access to "INIT_CWD"; run through `deno task convert`\n',
  );
  assert.equal(code, 1);
});

Deno.test("a switch whose name begins with no defaults to false", async () => {
  const seen: unknown[] = [];
  const quiet = defineCommand({
    name: "quiet",
    summary: "",
    options: { noBrowser: flag("open no browser"), normal: flag("not a denial") },
    examples: [],
    run: ({ options }) => void seen.push(options),
  });
  const output = { stdout: () => {}, stderr: () => {} };
  for (const args of [[], ["--no-browser"], ["--normal"]]) await runCommand(quiet, args, output);
  assert.deepEqual(seen, [
    { noBrowser: false, normal: false },
    { noBrowser: true, normal: false },
    { noBrowser: false, normal: true },
  ]);
});
