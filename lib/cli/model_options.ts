import { decimalNumber } from "../base/number.ts";
import { usageError } from "../base/user_error.ts";
import { ACTIVATIONS } from "../kernel/kernel.ts";
import { LOSSES } from "../network/architecture.ts";
import { oneOf, option } from "./command.ts";

/** The flags that say what a model's file leaves open, as `loadModel` takes them. */
export const modelOptions = {
  activation: option("<name>", "hidden layers' function", oneOf(ACTIVATIONS)),
  outputActivation: option("<name>", "output layer's function", oneOf(ACTIVATIONS)),
  leakySlope: option("<number>", "slope of leakyRelu for negative sums", parseSlope),
  loss: option("<name>", "crossEntropy or meanSquareError", oneOf(LOSSES)),
  orientation: option(
    "<way>",
    "of the weight matrices: inputsByOutputs or outputsByInputs",
    oneOf(["inputsByOutputs", "outputsByInputs"]),
  ),
};

function parseSlope(text: string): number {
  const slope = decimalNumber(text);
  if (!(slope >= 0 && slope <= 1)) {
    throw usageError("expected a number from 0 to 1");
  }
  return slope;
}
