/**
 * For tests: a page in Debian's Firefox, driven over WebDriver BiDi. Playwright needs a Firefox of its own
 * and the commands that are called here are few.
 *
 * Source: W3C, "WebDriver BiDi", https://www.w3.org/TR/webdriver-bidi/
 * @module
 */
import type { Strokes } from "./testing_pad.ts";

const FIREFOX = "/usr/bin/firefox-esr";

/** Whether Debian's Firefox is there for tests; `ignore:` them otherwise. */
export const firefoxIsMissing = !(await Deno.stat(FIREFOX).then(() => true, () => false));

/** A page in Firefox. */
export interface FirefoxPage {
  /** Calls a function in the page; it has to stand by itself and return what JSON can hold. */
  evaluate<T>(run: () => T | Promise<T>): Promise<T>;
  /** Draws with the mouse. */
  draw(strokes: Strokes): Promise<void>;
}

/**
 * Opens an address in Firefox, and closes it afterwards.
 *
 * @param preferences as in `about:config`
 */
export async function withFirefox(
  address: string,
  preferences: Record<string, boolean>,
  run: (page: FirefoxPage) => Promise<void>,
): Promise<void> {
  const profile = await Deno.makeTempDir();
  const lines = Object.entries(preferences).map(([name, value]) =>
    `user_pref(${JSON.stringify(name)}, ${value});\n`
  );
  await Deno.writeTextFile(`${profile}/user.js`, lines.join(""));
  const firefox = new Deno.Command(FIREFOX, {
    args: ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"],
    env: { HOME: profile },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  try {
    const [forReading, forDraining] = firefox.stderr.tee();
    const drained = forDraining.pipeTo(new WritableStream());
    const session = await connect(await listeningAddress(forReading));
    try {
      await run(await openPage(session.send, address));
      await session.send("browser.close", {});
    } finally {
      session.close();
    }
    await drained;
  } finally {
    try {
      firefox.kill();
    } catch {
      // It has ended as it was asked to.
    }
    await firefox.status;
    await Deno.remove(profile, { recursive: true });
  }
}

/** The address of the socket, which Firefox writes to stderr when it is ready. */
async function listeningAddress(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let said = "";
  for await (const piece of stderr.pipeThrough(new TextDecoderStream())) {
    said += piece;
    const found = said.match(/WebDriver BiDi listening on (ws:\S+)\s/);
    if (found) return `${found[1]}/session`;
  }
  throw new Error(`Firefox ended: ${said}`);
}

type Send = (method: string, params: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** A session: commands go out with a number, answers come with the same. */
async function connect(address: string): Promise<{ send: Send; close: () => void }> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  const failAll = (reason: string) => {
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`cannot connect to ${address}`));
  });
  socket.onclose = () => failAll("Firefox closed the connection");
  socket.onmessage = ({ data }) => {
    const { id, type, result, error, message } = JSON.parse(data);
    const answer = waiting.get(id);
    if (!answer) return;
    waiting.delete(id);
    if (type === "success") answer.resolve(result);
    else answer.reject(new Error(`${error}: ${message}`));
  };
  let count = 0;
  const send: Send = (method, params) => {
    const answer = Promise.withResolvers<Record<string, unknown>>();
    waiting.set(++count, answer);
    socket.send(JSON.stringify({ id: count, method, params }));
    return answer.promise;
  };
  await send("session.new", { capabilities: {} });
  return { send, close: () => socket.close() };
}

async function openPage(send: Send, url: string): Promise<FirefoxPage> {
  const { contexts } = await send("browsingContext.getTree", {}) as {
    contexts: { context: string }[];
  };
  const { context } = contexts[0];
  await send("browsingContext.navigate", { context, url, wait: "complete" });
  return {
    async evaluate<T>(run: () => T | Promise<T>) {
      const { result, exceptionDetails } = await send("script.evaluate", {
        expression: `(async () => JSON.stringify(await (${run})() ?? null))()`,
        target: { context },
        awaitPromise: true,
      }) as { result?: { value: string }; exceptionDetails?: { text: string } };
      if (!result) throw new Error(exceptionDetails!.text);
      return JSON.parse(result.value) as T;
    },
    async draw(strokes) {
      const move = ([x, y]: readonly [number, number]) => ({
        type: "pointerMove",
        x: Math.round(x),
        y: Math.round(y),
        duration: 20,
      });
      const actions = strokes.flatMap(([start, ...points]) => [
        move(start),
        { type: "pointerDown", button: 0 },
        ...points.map(move),
        { type: "pointerUp", button: 0 },
      ]);
      const mouse = { type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions };
      await send("input.performActions", { context, actions: [mouse] });
    },
  };
}
