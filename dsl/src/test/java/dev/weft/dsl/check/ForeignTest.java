package dev.weft.dsl.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.Shipped;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Rendering;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written by those who come from Python is answered with what to write instead. */
class ForeignTest {

    private static String found(String file) {
        return Rendering.text(
                Sources.check(new Source("example.weft", file), new Shipped()).diagnostics());
    }

    private static String inBody(String body) {
        return found("""
                import nn

                model Net(width = 4) {
                    param w: f32[width] = 1

                    fn f(x: f32[B, width]) -> f32[B, width] {
                        %s
                    }
                }
                """.formatted(body));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    x + self.w                    | by their names alone, without self
                    x.view(B, width)              | x as [B, (h d)] -> [B, h, d]
                    x * x.shape[0]                | sizes have names in the type
                    x.unsqueeze(1)[:, 0]          | a new axis is _
                    x[:, None][:, 0]              | a new axis is _
                    nn.tanh(x)                    | it is built in: write tanh(x)
                    x.mean(-1)                    | it is built in: write mean(x)
                    softmax(x)                    | write nn.softmax
                    torch.relu(x)                 | import nn
                    matmul(x, x)                  | a @ b
                    x + arange(width)             | iota(n)
                    stack((x, x), 0)              | out[:, i] = x
                    x - mean(x, -1)               | put back with [..., _]
                    x - mean(x, -1, keepdim=true) | put back with [..., _]
                    nn.softmax(x, dim=-1)         | go over the last one
                    x[:, : width // 2             | whole numbers are divided by /
                    var y = x                     | needs no word before it
                    """)
    void wordsOfPythonAreAnswered(String body, String remedy) {
        assertThat(inBody(body)).contains("= help: ", remedy);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    conv: nn.Conv2d(1, 8, 3)                | examples/models/convolution.weft
                    cell: nn.LSTM(3, 4)                     | examples/models/recurrent.weft
                    a = nn.Linear(3, 4)                     | a part is name: Model(…)
                    fn f(x, h) { x }                        | each parameter says its type: h: f32[n]
                    act: nn.ReLU()                          | nn.relu(x)
                    a: nn.Linear(3, 4, bias=false)          | nn.Projection
                    a: nn.Linear(in_features=3, out=4)      | it is called in
                    """)
    void layersOfPyTorchAreAnswered(String part, String remedy) {
        assertThat(found("import nn\n\nmodel M(width = 3) {\n    " + part + "\n}\n"))
                .contains("= help: ", remedy);
    }

    @Test
    void commentsThatSaySomethingStayComments() {
        assertThat(inBody("""
                y = 2 * x  // 2 times
                // 2
                y
                """)).isEmpty();
    }

    /** What is known to be one is not written into every product. */
    @Test
    void aRemainderThatIsKnownDoesNotComeUpInRemedies() {
        assertThat(found("fn half(k: int) -> f32[k / 2] where k % 2 == 1 = zeros(k / 2)\n"))
                .contains("k % 2 == 0 must hold")
                .doesNotContain("k * (k % 2)");
    }
}
