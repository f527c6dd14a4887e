/** Exits with 0 if TensorFlow.js is in Deno's cache, where `bench --setup` puts it. */
import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers";
