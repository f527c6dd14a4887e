/** Ends with 0 when TensorFlow.js is in Deno's cache; `bench --setup` puts it there. */
import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers";
