import { ACTIVATIONS } from "../kernel/activations.ts";
import { INITIALIZERS } from "../network/initializer.ts";
import {
  DEFAULTS,
  type HyperparameterName,
  readValue,
  type Settings,
} from "../training/hyperparameters.ts";
import { OPTIMIZERS } from "../training/optimizer.ts";

/** A field of the form. */
interface Field {
  readonly label: string;
  /** Values to choose from; without, a text field. */
  readonly choices?: readonly string[];
  /** The text of a value. */
  readonly text: (value: unknown) => string;
  /** The value of a text, which the registry then checks. */
  readonly parse: (text: string) => unknown;
}

const asText = { text: String, parse: (text: string) => text };
const asNumber = { text: String, parse: (text: string) => text.trim() === "" ? NaN : Number(text) };

/** The hyperparameters of the form, by name. */
const FIELDS = {
  learningRate: { label: "rate", ...asNumber },
  batchSize: {
    label: "batch",
    choices: ["1", "8", "16", "32", "64", "128", "512"],
    ...asNumber,
  },
  activation: { label: "activation", choices: Object.keys(ACTIVATIONS), ...asText },
  optimizer: { label: "optimizer", choices: Object.keys(OPTIMIZERS), ...asText },
  layers: {
    label: "hidden layers",
    text: (value: unknown) => (value as unknown[]).slice(1, -1).join("-"),
    parse: (text: string) => ["auto", ...text.split(/[-, ]+/).filter(Boolean).map(Number), "auto"],
  },
  initializer: {
    label: "initial weights",
    choices: [
      ...Object.keys(INITIALIZERS).filter((name) => !/\(/.test(INITIALIZERS[name].form)),
      "normal(0.01)",
    ],
    ...asText,
  },
  epochs: { label: "epochs", ...asNumber },
  seed: { label: "seed", ...asNumber },
} satisfies Partial<Record<HyperparameterName, Field>>;

const NAMES = Object.keys(FIELDS) as (keyof typeof FIELDS)[];

/** The settings with which the page begins. */
const FIRST: Partial<Settings> = { ...DEFAULTS, epochs: 20 };

/** Bounds of the rate's slider, as powers of ten. */
const RATES = { min: "-4", max: "1", step: "0.02" };

/** A form that reads settings. */
export interface SettingsForm {
  /** @throws {UserError} naming the field that is invalid */
  read(): Partial<Settings>;
  /** Calls back when a field has changed. */
  onChange(listener: () => void): void;
}

/** Fills a form with a field for each hyperparameter of the lesson; the rate has a slider too. */
export function settingsForm(form: HTMLElement): SettingsForm {
  const listeners: (() => void)[] = [];
  const onChange = () => listeners.forEach((listener) => listener());
  const inputs = new Map<string, HTMLInputElement | HTMLSelectElement>();
  for (const name of NAMES) {
    const field: Field = FIELDS[name];
    const label = document.createElement("label");
    const input = field.choices ? choice(field.choices) : document.createElement("input");
    input.id = input.name = name;
    input.value = field.text(FIRST[name]);
    if (input instanceof HTMLInputElement) {
      input.inputMode = name === "layers" ? "text" : "decimal";
      input.autocomplete = "off";
    }
    label.append(field.label, input);
    if (name === "learningRate") label.append(rateSlider(input, onChange));
    input.addEventListener("change", onChange);
    inputs.set(name, input);
    form.append(label);
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  return {
    onChange: (listener) => void listeners.push(listener),
    read: () =>
      Object.fromEntries(NAMES.map((name) => {
        const value = FIELDS[name].parse(inputs.get(name)!.value);
        return [name, readValue(name, value)];
      })),
  };
}

function choice(values: readonly string[]): HTMLSelectElement {
  const select = document.createElement("select");
  select.append(...values.map((value) => new Option(value)));
  return select;
}

/** A slider for the rate's logarithm, which follows the field and is followed by it. */
function rateSlider(input: HTMLInputElement | HTMLSelectElement, onChange: () => void) {
  const slider = Object.assign(document.createElement("input"), { type: "range", ...RATES });
  const follow = () => {
    const rate = Number(input.value);
    if (rate > 0) slider.value = String(Math.log10(rate));
  };
  slider.setAttribute("aria-label", "rate, as a slider");
  slider.addEventListener("input", () => {
    input.value = String(Number((10 ** Number(slider.value)).toPrecision(2)));
    onChange();
  });
  input.addEventListener("change", follow);
  follow();
  return slider;
}
