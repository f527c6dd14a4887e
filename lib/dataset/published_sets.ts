/** A file as published. */
export interface PublishedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A dataset that can be downloaded by name. */
export interface PublishedSet {
  /** Folder below `data`. */
  readonly folder: string;
  /** URLs of folders with the files, tried in turn. */
  readonly mirrors: readonly string[];
  /** Four gzip files named as MNIST's, or one ZIP archive. */
  readonly files: readonly PublishedFile[];
  /** Prefix of the names of the four files, if they are members of an archive. */
  readonly prefix?: string;
  /** Names of the classes; defaults to those of the files' family. */
  readonly classes?: readonly string[];
  /** `true` for handwriting in MNIST's frame. */
  readonly framed: boolean;
}

function idxFiles(facts: readonly (readonly [string, number, string])[]): readonly PublishedFile[] {
  return facts.map(([name, bytes, sha256]) => ({ name: `${name}-ubyte.gz`, bytes, sha256 }));
}

/**
 * Published by Zalando Research (Xiao, Rasul & Vollgraf 2017). SHA-256 from TensorFlow Datasets,
 * `url_checksums/fashion_mnist.txt`; the publisher's page lists the MD5 of the same files.
 */
const FASHION_MNIST: PublishedSet = {
  folder: "fashion-mnist",
  mirrors: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
  files: idxFiles([
    [
      "train-images-idx3",
      26421880,
      "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    ],
    [
      "train-labels-idx1",
      29515,
      "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    ],
    [
      "t10k-images-idx3",
      4422102,
      "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    ],
    ["t10k-labels-idx1", 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"],
  ]),
  classes: [
    ...["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"],
    ...["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
  ],
  framed: false,
};

/**
 * Published by the Center for Open Data in the Humanities, ROIS (Clanuwat et al. 2018). SHA-256 from
 * TensorFlow Datasets, `url_checksums/kmnist.txt`.
 */
const KMNIST: PublishedSet = {
  folder: "kmnist",
  mirrors: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
  files: idxFiles([
    [
      "train-images-idx3",
      18165135,
      "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
    ],
    [
      "train-labels-idx1",
      29497,
      "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
    ],
    [
      "t10k-images-idx3",
      3041136,
      "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
    ],
    ["t10k-labels-idx1", 5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"],
  ]),
  classes: [..."おきすつなはまやれを"],
  framed: true,
};

/**
 * Published by NIST (Cohen, Afshar, Tapson & van Schaik 2017). SHA-256 from TensorFlow Datasets,
 * `url_checksums/emnist.txt`.
 */
function emnist(split: string): PublishedSet {
  return {
    folder: "emnist",
    mirrors: [
      "https://biometrics.nist.gov/cs_links/EMNIST/",
      "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
    ],
    files: [{
      name: "gzip.zip",
      bytes: 561753746,
      sha256: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
    }],
    prefix: `emnist-${split}`,
    framed: true,
  };
}

/** The datasets that can be downloaded by name. */
export const PUBLISHED_SETS: ReadonlyMap<string, PublishedSet> = new Map([
  ["fashion-mnist", FASHION_MNIST],
  ["kmnist", KMNIST],
  ...["balanced", "byclass", "bymerge", "letters", "digits", "mnist"].map((split) =>
    [`emnist-${split}`, emnist(split)] as const
  ),
]);
