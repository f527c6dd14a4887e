import { type Loss, LOSSES, parseLoss } from "../network/loss.ts";
import { ORIENTATIONS } from "../model/named_arrays.ts";
import { type Activation, parseActivation } from "../kernel/activations.ts";
import { oneOf, option } from "./command.ts";

const activation = (text: string): Activation => parseActivation(text).text;

/** The flags for properties that a model's file may not specify, as options of `loadModel`. */
export const modelOptions = {
  activation: option(
    "<name>",
    "activation of the hidden layers, such as relu or leakyRelu(0.1)",
    activation,
  ),
  outputActivation: option("<name>", "activation of the output layer", activation),
  loss: option("<name>", Object.keys(LOSSES).join(", "), (text): Loss => parseLoss(text).text),
  orientation: option(
    "<way>",
    `of the weight matrices: ${ORIENTATIONS.join(" or ")}`,
    oneOf(ORIENTATIONS),
  ),
};
