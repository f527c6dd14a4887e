"""Jupyter's own tests of a kernel, from PyPI's jupyter_kernel_test. `kernel_test.ts` runs them."""

import unittest

import jupyter_kernel_test


class Protocol(jupyter_kernel_test.KernelTests):
    kernel_name = "deno"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    code_generate_error = "throw new Error('oops')"
    # Deno colours values.
    code_execute_result = [{"code": "6 * 7", "result": "\x1b[33m42\x1b[39m"}]
    code_display_data = [
        {"code": "await Deno.jupyter.display(Deno.jupyter.html`<b>x</b>`)", "mime": "text/html"}
    ]
    completion_samples = [{"text": "conso", "matches": {"console"}}]
    complete_code_samples = ["1", "const a = 1;", "function f() {\n  return 2;\n}"]
    incomplete_code_samples = ["function f() {", "f(1,", "`a"]
    invalid_code_samples = ["const = 1", "f(1))"]
    code_inspect_sample = "sweep"
    # Left out: Deno keeps no history, and its kernel shows nothing in a pager.
    supported_history_operations = ()


if __name__ == "__main__":
    unittest.main()
