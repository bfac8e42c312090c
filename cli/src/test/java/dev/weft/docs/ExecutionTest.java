package dev.weft.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that say what is not so are found. */
class ExecutionTest {

    @TempDir
    Path folder;

    private void run(String page) throws Exception {
        try (Execution execution = new Execution(folder)) {
            for (Block block : new Page("page.md", page).blocks()) {
                execution.run(block);
            }
        }
    }

    @Test
    void aPageThatIsRightPasses() throws Exception {
        run("""
                ```weft as twice.weft
                model Twice() {
                    fn double(x: f32[n]) -> f32[n] = 2 * x
                }
                ```
                ```weft fails W0203
                model Nothing() {
                    fn double(x: f32[n]) -> f32[n] = y
                }
                ```
                ```console
                $ ./weft run twice.weft --entry double --input x=3 \\
                    --dim n=2
                double result : f32[2:n] = [6.5, 6.5]
                $ ./weft run twice.weft --entry single --dim n=2
                error: entry single: …
                $ echo $?
                1
                $ cat twice.weft | head -1
                model Twice() {
                ```
                ```java
                int a = 1;
                ```
                ```java
                System.out.println(a + 1);
                ```
                ```json lines
                {"a":1}
                {"b":2}
                ```
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "```python\nprint(1)\n```\n",
                "```\nplain\n```\n",
                "```text\n$ ./weft doctor\n```\n",
                "```weft\nmodel Nothing() {\n    fn f() -> f32[] = y\n}\n```\n",
                "```weft fails W0501\nmodel Fine() {}\n```\n",
                "```java\nint a = true;\n```\n",
                "```sh\n./weft train gpt --stepss 3\n```\n",
                "```sh\n./weft chek gpt\n```\n",
                "```sh\nmvn -pl nowhere test\n```\n",
                "```sh\nmvn test -Dtest=NoSuchTest\n```\n",
                "```json\n{\n```\n",
                "```xml\n<dependency><artifactId>weft-nothing</artifactId></dependency>\n```\n",
                "```console\n$ ./weft -V\nweft one\n```\n",
                "```console\n$ ./weft check nowhere\n…\n$ echo $?\n0\n```\n",
                "<!-- pom.xml -->\n```xml\n<a>not there</a>\n```\n"
            })
    void aPageThatIsWrongFails(String page) {
        assertThatThrownBy(() -> run(page)).isInstanceOfAny(Throwable.class);
    }

    @Test
    void numbersAndSpacesAreMaskedAndWordsAreNot() {
        assertThat(Masked.of("  12 kernels, 1,234.5 KiB  in -3.2e-05 s, f32[4]"))
                .isEqualTo("# kernels, # KiB in # s, f32[#]\n");
        Masked.compare("lines", "a\nb\nc 1\n", "…\nc 2\n…");
        assertThatThrownBy(() -> Masked.compare("lines", "a\nb\n", "…\nc")).isInstanceOf(AssertionError.class);
    }

    @Test
    void aCommandInAnIndentedBlockIsFound() {
        assertThat(new Page("page.md", "Do\n\n    ./weft doctor\n").indentedCommands())
                .containsExactly("./weft doctor");
    }
}
