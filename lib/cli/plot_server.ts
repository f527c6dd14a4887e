import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo, Socket } from "node:net";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { InteractiveFigure } from "../plot/interactive.ts";

/** The parts of Nest's application and of Express that are used here. */
interface Application {
  use(handler: (request: Request_, response: Response_, next: () => void) => void): void;
  listen(port: number, host?: string): Promise<void>;
  get(token: unknown): unknown;
  getHttpServer(): Server;
}
interface Request_ {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}
interface Response_ {
  status(code: number): Response_;
  set(name: string, value: string): Response_;
  type(name: string): Response_;
  send(body: string): void;
  sendFile(path: string): void;
}

/** The part of nodeplotlib that talks with its pages. */
interface Gateway {
  handleConnection(client: Client): void;
}
interface Client {
  disconnect(close: boolean): void;
}

/** Nothing from elsewhere, whatever a table may hold. */
const POLICY = "default-src 'self'; img-src 'self' data: blob:; " +
  "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-eval'";

/**
 * Shows a figure in nodeplotlib's page, on a server that this machine alone can reach.
 *
 * nodeplotlib by itself listens on all of the machine's addresses, takes plotly.js and its fonts from
 * the network, and ends with the first page that is closed or reloaded. It is kept from all three: its
 * server is made by Nest, and handed out here with another `listen` and `close` and with a page that
 * takes plotly.js from the npm package.
 *
 * @returns the address of the page; the server runs as long as the process
 */
export async function servePlot({ data, layout }: InteractiveFigure): Promise<string> {
  // A port of the system's choice; and nodeplotlib leaves opening the browser to us.
  process.env.NODEPLOTLIB_PORT = "0";
  const require = createRequire(import.meta.resolve("nodeplotlib"));
  const { NestFactory } = require("@nestjs/core");
  const { PlotsGateway } = require("./lib/server/plots/plots.gateway.js");
  const create = NestFactory.create.bind(NestFactory);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  NestFactory.create = async (module: unknown) => {
    const app: Application = await create(module, { logger: false });
    guard(app);
    serveTheNewest(app.get(PlotsGateway) as Gateway);
    return {
      get: (token: unknown) => app.get(token),
      getHttpServer: () => app.getHttpServer(),
      async listen(wanted: number) {
        await app.listen(wanted, "127.0.0.1").catch(reject);
        refuseOtherNames(app.getHttpServer());
        const { port } = app.getHttpServer().address() as AddressInfo;
        resolve(`http://127.0.0.1:${port}/`);
      },
      close: () => Promise.resolve(),
    };
  };
  // It tells each of its doings to stdout.
  console.log = () => {};
  const { plot } = await import("nodeplotlib");
  plot(data as Parameters<typeof plot>[0], layout);
  return await promise;
}

/**
 * Answers none but those who ask for this machine by its own name: a page from elsewhere may have its
 * name lead to 127.0.0.1, and would be told the figure's numbers. Before all others that listen: the
 * figures go another way than the page.
 */
function refuseOtherNames(server: Server): void {
  const isOther = ({ headers }: IncomingMessage) =>
    !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? "");
  for (const event of ["request", "upgrade"]) {
    const listeners = server.listeners(event);
    server.removeAllListeners(event);
    server.on(event, (request: IncomingMessage, answer: ServerResponse | Socket, ...rest) => {
      if (!isOther(request)) {
        for (const listener of listeners) listener.call(server, request, answer, ...rest);
      } else if ("writeHead" in answer) {
        answer.writeHead(403).end("This page is for the machine that it runs on.");
      } else answer.destroy();
    });
  }
}

/** Serves nodeplotlib's page without what it would fetch from the network. */
function guard(app: Application): void {
  const plotly = fileURLToPath(import.meta.resolve("plotly.js-dist-min/plotly.min.js"));
  const page = localPage();
  app.use((request, response, next) => {
    response.set("Content-Security-Policy", POLICY);
    if (request.path === "/plotly.min.js") return response.sendFile(plotly);
    // The page gives itself addresses of its own, such as /plots.
    if (!request.path.includes(".")) return response.type("html").send(page);
    next();
  });
}

/**
 * A second page gets its figure too: nodeplotlib sends figures when the first one asks, and a page
 * that asks while another is open waits in vain. What is drawn on the other stays.
 */
function serveTheNewest(gateway: Gateway): void {
  const connect = gateway.handleConnection.bind(gateway);
  let last: Client | undefined;
  gateway.handleConnection = (client) => {
    connect(client);
    last?.disconnect(true);
    last = client;
  };
}

/** One figure takes the whole width; the font that holds the icons is left in the network. */
const STYLE = "npl-plots{display:block!important;padding:16px}.material-icons{visibility:hidden}";

/** nodeplotlib's page with plotly.js from here, and the reader's own fonts. */
function localPage(): string {
  const url = new URL("lib/server/web/index.html", import.meta.resolve("nodeplotlib"));
  return Deno.readTextFileSync(url)
    .replace(/https:\/\/cdn\.plot\.ly\/plotly-[^"]*/, "plotly.min.js")
    .replace(/<link rel="preconnect"[^>]*>/, "")
    .replace(/@font-face\{[^}]*\}/g, "")
    .replace("</head>", `<style>${STYLE}</style></head>`)
    .replace(` onload="this.media='all'"`, "").replace(` media="print"`, "");
}
