#!/usr/bin/env python3
"""Feeds every check of plan.py a tree that breaks its rule, and one that does not: a check that cannot fail is none."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from plan import CHECKS
from source import Tree, functions

CMAKE = "lorikeet_floor(base LINKS spdlog)\nlorikeet_floor(nn USES base)\nlorikeet_floor(studio USES base nn)\n"
GLOSSARY = "house\n## Words we avoid\n| avoid | write |\n|---|---|\n| house, houses | context |\n"
LONG_FUNCTION = "int f() {\n" + "    g();\n" * 60 + "}\n"


class PlanTest(unittest.TestCase):
    def complaints(self, check, files):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in {"CMakeLists.txt": CMAKE, "docs/glossary.md": GLOSSARY, **files}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return CHECKS[check](Tree(root))

    def refuses(self, check, name, text):
        self.assertEqual(len(self.complaints(check, {name: text})), 1, f"{check} let {name} pass: {text[:80]}")

    def accepts(self, check, name, text):
        self.assertEqual(self.complaints(check, {name: text}), [])

    def test_a_floor_sees_only_the_floors_it_uses(self):
        self.refuses("floors", "src/base/a.cpp", '#include "nn/linear.hpp"\n')
        self.refuses("floors", "src/base/a.cpp", '#include "a.hpp"\n')
        self.refuses("floors", "src/attic/a.cpp", "")
        self.refuses("floors", "CMakeLists.txt", "lorikeet_floor(base USES nn)\nlorikeet_floor(nn)\n")
        self.refuses("floors", "src/nn/a.cpp", '#include "nn/cpu/strips.hpp"\n')
        self.accepts("floors", "src/nn/a.cpp", '#include "nn/cpu/kernels.hpp"\n')
        self.accepts("floors", "src/nn/cpu/a.cpp", '#include "nn/cpu/strips.hpp"\n')
        self.accepts("floors", "src/nn/a.cpp", '#include "base/error.hpp"\n#include "nn/linear.hpp"\n')

    def test_a_library_is_seen_by_its_landlord_alone(self):
        self.refuses("libraries", "src/nn/a.cpp", "#include <spdlog/spdlog.h>\n")
        self.refuses("libraries", "src/base/a.cpp", "#include <ATen/ATen.h>\n")
        self.refuses("libraries", "src/nn/a.cpp", "#include <torch/torch.h>\n")
        self.refuses("libraries", "src/studio/a.hpp", "#include <ATen/ATen.h>\n")
        self.refuses("libraries", "src/studio/a.hpp", "void paint(const at::Tensor&);\n")
        self.refuses("libraries", "src/base/a.hpp", "#include <fmt/format.h>\n")
        self.accepts("libraries", "src/base/a.cpp", "#include <fmt/format.h>\n#include <spdlog/spdlog.h>\n")
        self.accepts("libraries", "src/studio/a.hpp", "// Like at::Tensor, but for people.\n")
        self.accepts("libraries", "src/nn/a.hpp", "#include <ATen/ATen.h>\nvoid f(const at::Tensor&);\n")

    def test_files_and_functions_stay_short(self):
        self.refuses("sizes", "src/nn/a.cpp", "//\n" * 401)
        self.refuses("sizes", "src/nn/a.cpp", LONG_FUNCTION)
        self.refuses("sizes", "src/nn/a.cpp", f"namespace x {{\nstruct A : B<int> {{\n{LONG_FUNCTION}}};\n}}\n")
        self.refuses("sizes", "tools/a.py", "def f():\n" + "    g()\n" * 60)
        self.refuses("sizes", "tools/a.sh", "f() {\n" + "    g\n" * 60 + "}\n")
        self.accepts("sizes", "src/nn/a.cpp", "//\n" * 400)
        self.accepts("sizes", "src/nn/a.cpp", LONG_FUNCTION.replace("    g();\n", "", 1).replace("    g();\n", "", 1))
        self.accepts("sizes", "src/nn/a.cpp", "const int kTable[] = {\n" + "    1,\n" * 100 + "};\n")

    def test_every_room_is_tested_or_excused(self):
        self.refuses("tests", "src/nn/a.cpp", "")
        excuse = {"src/nn/a.cpp": "", "tools/check/excused.txt": "nn/a it only hands on what others do\n"}
        self.assertEqual(self.complaints("tests", excuse), [])
        self.assertEqual(self.complaints("tests", {"src/nn/a.cpp": "", "tests/nn/a_test.cpp": ""}), [])
        by_another_name = {"src/nn/a.cpp": "", "tests/nn/b_test.cpp": '#include "nn/a.hpp"\n'}
        self.assertEqual(len(self.complaints("tests", by_another_name)), 1)
        self.refuses("tests", "src/nn/main.cpp", "")
        self.assertEqual(self.complaints("tests", {"src/nn/cuda/a.cpp": "", "tests/nn/cuda/a_test.cpp": ""}), [])
        self.assertEqual(len(self.complaints("tests", {**excuse, "tests/nn/a_test.cpp": ""})), 1)
        self.assertEqual(len(self.complaints("tests", {**excuse, "tools/check/excused.txt": "nn/a why\n"})), 1)

    def test_unfinished_business_and_paths_of_a_machine_are_found(self):
        self.refuses("words", "src/nn/a.cpp", "// TO" "DO: the rest\n")
        self.refuses("words", "docs/a.md", "See /ho" "me/somebody/notes.\n")
        self.accepts("words", "src/nn/a.cpp", "// Fallow deer stay in the meadow.\n")

    def test_words_to_avoid_are_found_in_names_and_texts(self):
        self.refuses("voice", "src/nn/a.cpp", "struct BigHouse;\n")
        self.refuses("voice", "src/nn/a.cpp", "int old_houses_2;\n")
        self.refuses("voice", "src/nn/a.cpp", 'say("The house is old.");\n')
        self.refuses("voice", "docs/a.md", "# The house\n")
        self.refuses("voice", "src/widgets/a.js", "const house = 1;\n")
        self.accepts("voice", "src/nn/a.cpp", 'int household = get("house");\n')
        self.accepts("voice", "docs/a.md", "The folder `house`.\n")
        self.accepts("voice", "docs/adr/0001-a.md", "The house was built.\n")

    def test_links_lead_somewhere(self):
        self.refuses("links", "docs/a.md", "[gone](../src/gone.cpp)\n")
        self.accepts("links", "docs/a.md", "[here](a.md#top) and [there](https://example.org/x)\n")

    def test_files_of_a_floor_can_be_compiled_as_one_unit(self):
        def own(body):
            return f"namespace x {{\nnamespace {{\n{body}\n}}\n}}\n"

        def both(one, other, more={}, where="src/nn/b.cpp"):
            return self.complaints("units", {"src/nn/a.cpp": own(one), where: own(other), **more})

        cast = "template <class T>\nint f(const T& a, int b = {}) {{ return {}; }}"
        for one, other in (
            ("constexpr int kMost = 1;", "constexpr int kMost{2};"),
            ("struct A { int x; };", "class A : B {};"),
            ("using A = int;", "using A = long;"),
            ("int f(int a) { return a; }", "struct f { int a; };"),
            ("int f(const A& a, int b) { return b; }", "long f(const B& b, int c) { return c; }"),
            ("const int a = g(1, 2), b = 3;", "const char* b = nullptr;"),
            ("int a{1}, b{2};", "struct b { int a; };"),
            ("int f(A a) { return 1; }", "int f(A a, int b = 2) { return b; }"),
            (cast.format(1, 2), cast.format(3, 4)),
            ("TEST(A, Holds) {}", "TEST(A, Holds) {}"),
        ):
            self.assertEqual(len(both(one, other)), 1, f"{one} | {other}")
        for one, other in (
            ("using A = int;", "using A = int;"),
            ("using base::fail;", "using base::fail;"),
            ("int f(A a) { const int kMost = 1; return kMost; }", "constexpr int kMost = 1;"),
            ("int f(A a) { return 1; }", "int f(A a, int b) { return 1; }"),
            ("TEST(A, Holds) {}", "TEST(A, HoldsToo) {}"),
        ):
            self.assertEqual(both(one, other), [], f"{one} | {other}")
        apart = {"CMakeLists.txt": CMAKE + "set_source_files_properties(src/nn/b.cpp PROPERTIES\nSKIP_UNITY_BUILD_INCLUSION ON)"}
        self.assertEqual(both("struct A {};", "struct A {};", apart), [])
        self.assertEqual(both("struct A {};", "struct A {};", where="src/base/b.cpp"), [])
        self.assertEqual(len(both("struct A {};", "struct A {};", where="src/nn/cpu/b.cpp")), 1)
        hidden = {"src/nn/c.hpp": "namespace x::nn {\n// Words.\nstd::vector<int> widths(const A& a);\nstruct Room {};\n}\n"}
        self.assertEqual(len(both("int widths(int a) { return a; }", "", hidden)), 1)
        self.assertEqual(len(both("struct Room { int a; };", "", hidden)), 1)
        self.assertEqual(len(both("using other::Room;", "", hidden)), 1)
        self.assertEqual(both("using nn::Room;", "", hidden), [])
        self.assertEqual(both("int f(int a) { return widths(a); }", "", hidden), [])


class FunctionsTest(unittest.TestCase):
    def found(self, text):
        return [(first, last) for first, last, _ in functions(text)]

    def test_braces_in_words_open_nothing(self):
        self.assertEqual(self.found("void f() {\n  g(\"{\", '{', R\"(\n{ )\");  // {\n}\n"), [(1, 4)])

    def test_types_and_namespaces_are_no_functions(self):
        self.assertEqual(self.found("namespace a {\nstruct B {\n  int c{3};\n};\nenum class D { E };\n}\n"), [])

    def test_members_templates_and_operators_are(self):
        text = (
            "struct A {\n  bool operator==(const A&) const {\n    return true;\n  }\n};\n"
            "template <class T>\nint f(T t = {}) {\n  if (t) { g([] { return 1; }); }\n  return 1'000;\n}\n"
        )
        self.assertEqual(self.found(text), [(2, 4), (6, 10)])


if __name__ == "__main__":
    unittest.main()
