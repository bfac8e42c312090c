package dev.weft.dsl.lower;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.Lowering;
import dev.weft.graph.UserException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be lowered is said in a sentence, also for programs that nobody checked before. */
class RefusalsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x + y                  | +: sizes must be equal or 1, got 2 and 3",
                "x @ x                  | @: contracted sizes must be equal, got 3 and 2 (f32[2,3] @ f32[2,3])",
                "x + i                  | +: both sides must have one element type, got f32 and i32; cast with f32(…)",
                "i / 2                  | /: must have floats, got i32[2] and the int 2",
                "i + 1.5                | the float 1.5: must fit i32, which it does not",
                "x[2]                   | 2: position must be in -2..1, got 2",
                "x[0, 0, 0]             | x[0, 0, 0]: must have at most 2 positions and one ..., got 3 and 0",
                "x[:, 2:5]              | 2:5: must have 0 <= start <= stop <= 3 and a positive step, got 2:5:1",
                "x[i ..+ 1]             | i: start must be i32[], got i32[2]",
                "x[0 ..+ 3]             | 0 ..+ 3: length must be in 0..2, got 3",
                "sum(x, 2)              | sum: axis must be in -2..1, got 2",
                "x as [a, a] -> [a]     | rearrange: the axis of size 3 must be [a] = 2, got f32[2,3]",
                "x as [(a b), 3] -> [a] | b: at most one new name in an axis, got a too",
                "x as [a, b] -> [a]     | [a]: must have b, which the left side has",
                "x as [a, b, c] -> [a]  | [a, b, c]: must have the axes of f32[2,3]",
                "(a, b) = x             | (a, b): must get a tuple of 2, got f32[2,3]",
                "half(x)                | half: x: must be f32[n] (test.weft:1:12), got f32[2,3]",
                "half(i)                | half: x: must be f32[n] (test.weft:1:12), where n = 2, got i32[2]",
                "half(y[0])             | half: must have n % 2 == 0 (test.weft:1:40), got n = 3",
                "half(x, x)             | half: must have at most 1 arguments [x], got 2",
                "half(z = x)            | half: has no parameter z, it has [x]",
                "half()                 | half: must be given x",
                "halv(x)                | halv: must be the name of something here; did you mean half?",
                "x := 1                 | x: must be storage, got f32[2,3]",
                "exp(2, 3)              | exp: must have at most [x], got 2 arguments",
                "random_like(2)         | random_like(2): must be a tensor, got the int 2",
                "normal(1.0)            | normal: only gives initial values of storage; use random(…)",
                "model(x)               | M: has no fn without a name to be called by",
                "model.w                | w: must be the name of something here",
                "for i in 3 { i }       | 3: must be a tuple, a list, a tree, range(…) or zip(…), got the int 3",
                "if x { 1 }             | x: must be a bool known while compiling, got f32[2,3]",
                "7 / 2                  | 7 / 2: ints must divide exactly; for a fraction make one a float",
                "grad(half, wrt x)(y[:, 0]) | the gradient of the function half: the first result must be a float scalar, got f32[1]",
                "grad(loop, wrt x)(y[:, 0]) | loop: must not need itself",
                "for i in range(100) { for j in range(100) { i } } | for: must be unrolled to at most 4,096 copies, got 10,000",
            })
    void expressionsOfATable(String body, String sentence) {
        String text = """
                fn half(x: f32[n]) -> f32[n / 2] where n % 2 == 0 = x[0:n / 2]
                fn loop(x: f32[n]) -> f32[] = loop(x)
                model M() {}
                program P(model) { entry f(x: f32[2, 3], y: f32[2, 3], i: i32[2]) { BODY } }
                """.replace("BODY", body.replace("x + y", "x + y.T"));

        assertThatThrownBy(() -> Shipped.text(text, EntryRequest.of("f", Map.of())))
                .isInstanceOf(UserException.class)
                .hasMessageMatching("(?s)test\\.weft:\\d+:\\d+: .*")
                .hasMessageContaining(sentence);
    }

    private static void lower(Map<String, String> constants, EntryRequest... entries) {
        Lowering.lower(new LowerRequest(
                Shipped.model("gpt", constants), null, List.of(Shipped.program("generate")), List.of(entries)));
    }

    @Test
    void aBrokenConstraintSaysWhichValuesWouldDo() {
        assertThatThrownBy(() -> lower(Map.of("width", "130", "heads", "4")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("GPT: must have width % heads == 0")
                .hasMessageContaining("got width = 130, heads = 4")
                .hasMessageContaining("heads = 2 or 5, or width = 128 or 132 would do");
        assertThatThrownBy(() -> lower(Map.of("width", "-1", "heads", "4")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("width = 4 would do");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "widht=3   | model GPT: has no constant widht, it takes layers, heads, width, context, vocab, tied; did you mean width?",
                "width=abc | width: must be a number, true or false, got abc",
                "width=1.5 | GPT: width: must be an int known while compiling, got the float 1.5",
                "layers=-1 | layers: must be in 0..65,536, got -1",
                "vocab=-1  | param embed.weight: size count must not be negative, got -1",
            })
    void constantsThatDoNotFit(String setting, String sentence) {
        String[] pair = setting.strip().split("=");

        assertThatThrownBy(() -> lower(Map.of(pair[0], pair[1])))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void constantsThatNoAxisCanHave() {
        assertThatThrownBy(() -> lower(Map.of("heads", "-4"), EntryRequest.of("logits", Map.of("B", 1L, "T", 2L))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("model GPT: constant heads must not be negative, got -4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1                  | entry logits: size B must not be negative, got -1; choose another, as --dim B=…",
                "1000000000000000    | a tensor must have at most 2^50 elements, got ",
                "9000000000000000000 | must have fewer than 2^63 elements; choose smaller sizes",
            })
    void sizesOfCallsThatNoTensorHas(long size, String sentence) {
        assertThatThrownBy(() -> lower(Map.of(), EntryRequest.of("logits", Map.of("B", size, "T", 2L))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void entriesThatAreNotThere() {
        assertThatThrownBy(() -> Shipped.text("""
                        model M() { fn f() = 1 }
                        program P(model) { entry f() = 2 }
                        """, EntryRequest.of("g", Map.of())))
                .hasMessage("entry g: must be one of f");
        assertThatThrownBy(() -> lower(Map.of(), EntryRequest.of("chnk", Map.of())))
                .isInstanceOf(UserException.class)
                .hasMessage("entry chnk: must be one of chunk, next, window, logits, loss; did you mean chunk?");
    }

    @Test
    void sizesThatAreMissingOrTooLarge() {
        assertThatThrownBy(() -> lower(Map.of(), EntryRequest.of("window", Map.of("B", 1L))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("entry window: tokens: size T must be known here; a call or --dim T=… says it");
        assertThatThrownBy(() -> lower(Map.of(), EntryRequest.of("window", Map.of("B", 1L, "T", 65L))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("GPT.logits: must have T <= context")
                .hasMessageContaining("got T = 65, context = 64");
        assertThatThrownBy(() -> lower(Map.of(), EntryRequest.of("chunk", Map.of("B", 1L, "T", 65L))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("generate.chunk: must have T <= model.context")
                .hasMessageContaining("got T = 65, model.context = 64");
    }

    @Test
    void parametersThatAreNotThere() {
        assertThatThrownBy(() -> lower(
                        Map.of(),
                        EntryRequest.of("loss", Map.of("B", 1L, "T", 4L)).inputs(Set.of("dorp"))))
                .isInstanceOf(UserException.class)
                .hasMessage("entry loss: has no parameter dorp, it has drop, targets, tokens, weight");
    }

    @Test
    void anOptimizerThatWasNotChosen() {
        assertThatThrownBy(() -> Lowering.lower(new LowerRequest(
                        Shipped.model("gpt", Map.of()), null, List.of(Shipped.program("train")), List.of())))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("optimizer: needs one of kind optimizer, but none was chosen");
    }
}
