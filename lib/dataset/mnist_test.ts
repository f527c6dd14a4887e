import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { projectPath } from "../base/project.ts";
import { classCounts, datasetDigest, emptySamples, imageAt } from "./dataset.ts";
import { isGzip } from "./gzip.ts";
import { formatIdxImages, formatIdxLabels, readIdxBytes } from "./idx.ts";
import { loadIdxDataset } from "./idx_folder.ts";
import { loadMnist, mnistFolders } from "./mnist.ts";
import { MNIST_FILES } from "./mnist_files.ts";
import { findMnist, mnistTest } from "./testing_mnist.ts";

/** An address without a server: a port that was free a moment ago. */
const DEAD = (() => {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return `http://127.0.0.1:${listener.addr.port}/`;
})();

/** Runs a test in a new folder. The environment is shared by all tests and not changed. */
async function inFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  await run(folder).finally(() => Deno.remove(folder, { recursive: true }));
}

/** Writes two small pairs of IDX files with MNIST's names and a prefix. */
async function writeQuartet(folder: string, prefix = "", label = 3, test = "t10k") {
  await Deno.mkdir(folder, { recursive: true });
  const samples = emptySamples(2, 2, 2);
  samples.labels.fill(label);
  samples.pixels.set([1, 2, 3, 4]);
  for (const part of ["train", test]) {
    const start = `${folder}/${prefix}${part}`;
    await Deno.writeFile(`${start}-images-idx3-ubyte`, formatIdxImages(samples));
    await Deno.writeFile(`${start}-labels-idx1-ubyte`, formatIdxLabels(samples));
  }
}

Deno.test("without files and network, one error lists what was tried and what to do", async () => {
  await inFolder(async (folder) => {
    const notices: string[] = [];
    const mirrors = [`${DEAD}a/`, `${DEAD}b/`];
    await assert.rejects(
      loadMnist({
        mnistDir: `${folder}/elsewhere`,
        cache: `${folder}/cache`,
        mirrors,
        onNotice: (text) => notices.push(text),
      }),
      (error: Error) => {
        assert.equal(error.name, "UserError");
        const lines = error.message.replaceAll(folder, "F").split("\n");
        assert.equal(lines[0], "MNIST could not be loaded. Tried:");
        assert.equal(lines[1], "  - F/elsewhere: no such folder");
        assert.equal(lines[2], "  - F/cache: no such folder");
        assert.match(lines[3], /- http:\/\/127\.0\.0\.1:\d+\/a\/train-images-idx3-ubyte\.gz: ./);
        assert.match(lines[4], /- http:\/\/127\.0\.0\.1:\d+\/b\/train-images-idx3-ubyte\.gz: ./);
        assert.match(lines[5], /^What to do: connect to the network and run again, or put/);
        assert.equal(lines.length, 6);
        return true;
      },
    );
    assert.match(notices.join(), /^MNIST_DIR cannot be used: .*no such folder$/);
  });
});

Deno.test("for an incomplete folder the missing files are named; nothing else is tried", async () => {
  await inFolder(async (folder) => {
    await writeQuartet(folder);
    await Deno.remove(`${folder}/t10k-labels-idx1-ubyte`);
    await assert.rejects(loadMnist({ path: folder, mirrors: [DEAD] }), {
      name: "UserError",
      message: `MNIST could not be loaded. Tried:\n  - ${folder}: t10k-labels-idx1-ubyte missing ` +
        `(with or without .gz)\nWhat to do: put MNIST's four files into ${folder} or choose another folder`,
    });
  });
});

Deno.test("files with different content are loaded but never named mnist", async () => {
  await inFolder(async (folder) => {
    await writeQuartet(`${folder}/fashion`);
    const notices: string[] = [];
    const dataset = await loadMnist({
      mnistDir: `${folder}/fashion`,
      onNotice: (text) => notices.push(text),
    });
    assert.equal(dataset.name, "fashion");
    assert.match(
      notices.join(),
      /fashion: not the original MNIST .* the dataset is named fashion$/,
    );
    await writeQuartet(`${folder}/mnist`);
    assert.equal((await loadMnist({ path: `${folder}/mnist` })).name, "mnist-unverified");
    assert.equal((await loadIdxDataset(`${folder}/mnist`, { name: "mine" })).name, "mine");
  });
});

Deno.test("EMNIST's letters are transposed back and labelled from A", async () => {
  await inFolder(async (folder) => {
    await writeQuartet(folder, "emnist-letters-", 26, "test");
    const letters = await loadIdxDataset(folder);
    assert.equal(letters.name, "emnist-letters");
    assert.equal(letters.classes.join(""), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    assert.deepEqual([...letters.test.labels], [25, 25]);
    assert.deepEqual([...imageAt(letters.test, 0)], [1, 3, 2, 4]);

    await writeQuartet(folder, "emnist-balanced-", 46, "test");
    await assert.rejects(loadIdxDataset(folder), {
      message: `${folder}: several datasets, name one: ` +
        `${folder}/emnist-balanced, ${folder}/emnist-letters`,
    });
    const balanced = await loadIdxDataset(`${folder}/emnist-balanced`);
    assert.deepEqual([balanced.name, balanced.classes.length], ["emnist-balanced", 47]);
    assert.equal(balanced.classes[balanced.train.labels[0]], "t");
  });
});

mnistTest(
  "MNIST is loaded, downloaded in spite of a dead mirror, kept and completed",
  async ({ folder, files }) => {
    const direct = await loadMnist({ path: folder });
    assert.equal(direct.name, "mnist");
    assert.deepEqual([direct.train.count, direct.test.count], [60000, 10000]);
    // Counts of the digits 0 to 9 in the training images, as published.
    const published = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
    assert.deepEqual(classCounts(direct.train, 10), published);

    const digest = datasetDigest(direct);
    let requests = 0;
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
      requests++;
      const name = basename(new URL(request.url).pathname, ".gz");
      const file = files.find((path) => basename(path, ".gz") === name)!;
      return Deno.readFile(file).then((bytes) =>
        new Response(isGzip(bytes) ? bytes : new Uint8Array(gzipSync(bytes)))
      );
    });
    const mirrors = [DEAD, `http://127.0.0.1:${server.addr.port}/`];
    await inFolder(async (cache) => {
      const progress: number[] = [];
      const load = () =>
        loadMnist({
          mnistDir: "",
          cache,
          mirrors,
          onProgress: (done, total) => progress.push(done / total),
        });
      assert.equal(datasetDigest(await load()), digest);
      assert.equal(requests, 4);
      assert.equal(progress.at(-1), 1);
      assert.equal(datasetDigest(await load()), digest);
      assert.equal(requests, 4, "the files were kept");

      const damaged = `${cache}/${MNIST_FILES[2].name}.gz`;
      await Deno.writeTextFile(damaged, "not what it was");
      assert.equal(datasetDigest(await load()), digest);
      assert.equal(requests, 5, "only the damaged file is fetched again");
      assert.equal(await Deno.readTextFile(`${damaged}.replaced`), "not what it was");
    });
    await server.shutdown();
  },
);

Deno.test("tests find MNIST as commands do: MNIST_DIR first, then data/mnist", async () => {
  const project = projectPath("data", "mnist");
  assert.deepEqual(mnistFolders({ mnistDir: "" }), [project]);
  assert.deepEqual(mnistFolders({ mnistDir: "/here" }), ["/here", project]);
  await inFolder(async (folder) => {
    for (const { name } of MNIST_FILES) await Deno.writeTextFile(`${folder}/${name}`, "others");
    assert.equal(await findMnist([folder, `${folder}/nowhere`]), undefined);
  });
});

mnistTest("MNIST only in the second folder, unpacked, enables the tests", async ({ files }) => {
  await inFolder(async (folder) => {
    for (const file of files) {
      await Deno.writeFile(join(folder, basename(file, ".gz")), await readIdxBytes(file));
    }
    const found = await findMnist([`${folder}/nowhere`, folder]);
    assert.deepEqual(found?.folder, folder);
    assert.deepEqual(found?.files, MNIST_FILES.map(({ name }) => join(folder, name)));
  });
});
