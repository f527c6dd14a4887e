import { LOSSES } from "../network/architecture.ts";
import { ORIENTATIONS } from "../model/named_arrays.ts";
import { type Activation, parseActivation } from "../kernel/activations.ts";
import { oneOf, option } from "./command.ts";

const activation = (text: string): Activation => parseActivation(text).text;

/** The flags that say what a model's file leaves open, as `loadModel` takes them. */
export const modelOptions = {
  activation: option(
    "<name>",
    "hidden layers' function, such as relu or leakyRelu(0.1)",
    activation,
  ),
  outputActivation: option("<name>", "output layer's function", activation),
  loss: option("<name>", LOSSES.join(" or "), oneOf(LOSSES)),
  orientation: option(
    "<way>",
    `of the weight matrices: ${ORIENTATIONS.join(" or ")}`,
    oneOf(ORIENTATIONS),
  ),
};
