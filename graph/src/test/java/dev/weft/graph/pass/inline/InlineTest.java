package dev.weft.graph.pass.inline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Origin;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Call;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Grad;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.Random;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InlineTest {

    private static final TensorType VECTOR = TensorType.of(ElementType.F32, 3);
    private static final TensorType SEED = TensorType.scalar(ElementType.I32);

    /** noise(x, seed) = x + random(seed, seed, "mask") */
    private static Graph noise() {
        GraphBuilder b = new GraphBuilder("noise");
        Value x = b.parameter("x", VECTOR);
        Value seed = b.parameter("seed", SEED);
        b.at(new Origin("nn.weft:3:1", "drop"));
        return b.build(List.of(b.add(new Add(x, b.add(new Random(seed, seed, "mask", Shape.of(3)))))));
    }

    /** layer(x, seed) = noise(x, seed) at "attn", and -x */
    private static Graph layer() {
        GraphBuilder b = new GraphBuilder("layer");
        Value x = b.parameter("x", VECTOR);
        Value seed = b.parameter("seed", SEED);
        Value y = b.add(new Call("noise", List.of(x, seed), 0, "attn", VECTOR));
        return b.build(List.of(y, b.add(new Neg(x))));
    }

    private static Program program(Graph main, Graph... others) {
        List<Graph> functions = new ArrayList<>(List.of(others));
        functions.add(main);
        List<String> inputs =
                main.parameters().stream().map(Graph::parameterName).toList();
        List<String> outputs = new ArrayList<>();
        for (int i = 0; i < main.results().size(); i++) {
            outputs.add("y" + i);
        }
        return new Program(
                List.of(), functions, List.of(new Entry("main", main.name(), List.of(), inputs, outputs, List.of())));
    }

    @Test
    void twoLayersDrawDifferentNumbersAndOnlyTheEntryIsLeft() {
        GraphBuilder b = new GraphBuilder("main");
        Value x = b.parameter("x", VECTOR);
        Value seed = b.parameter("seed", SEED);
        Value first = b.add(new Call("layer", List.of(x, seed), 0, "blocks.0", VECTOR));
        Value second = b.add(new Call("layer", List.of(first, seed), 0, "blocks.1", VECTOR));
        Program flat = new Inline().apply(program(b.build(List.of(second)), noise(), layer()));

        assertThat(flat.functions()).extracting(Graph::name).containsExactly("main");
        assertThat(streams(flat.function("main"))).containsExactly("blocks.0/attn/mask", "blocks.1/attn/mask");
    }

    @Test
    void resultsOfOneCallAreComputedOnce() {
        GraphBuilder b = new GraphBuilder("main");
        Value x = b.parameter("x", VECTOR);
        Value seed = b.parameter("seed", SEED);
        Value y = b.add(new Call("layer", List.of(x, seed), 0, "a", VECTOR));
        Value minus = b.add(new Call("layer", List.of(x, seed), 1, "a", VECTOR));
        Value again = b.add(new Call("layer", List.of(x, seed), 0, "b", VECTOR));
        Graph flat = Inline.inline(b.build(List.of(y, minus, again)), program(layer(), noise())::function);

        assertThat(streams(flat)).containsExactly("a/attn/mask", "b/attn/mask");
        assertThat(flat.results().get(1).op()).isInstanceOf(Neg.class);
    }

    @Test
    void originsKeepTheirSpanAndGainTheCallsPath() {
        GraphBuilder b = new GraphBuilder("main");
        Value x = b.parameter("x", VECTOR);
        Value seed = b.parameter("seed", SEED);
        b.at(new Origin("gpt.weft:9:5", ""));
        Value y = b.add(new Call("layer", List.of(x, seed), 0, "blocks.0", VECTOR));
        Value minus = b.add(new Call("layer", List.of(x, seed), 1, "blocks.0", VECTOR));
        Graph flat = Inline.inline(b.build(List.of(y, minus)), program(layer(), noise())::function);

        assertThat(flat.provenance().of(flat.results().get(0)))
                .containsExactly(new Origin("nn.weft:3:1", "blocks.0/attn/drop"));
        assertThat(flat.provenance().of(flat.results().get(1)))
                .as("a value without origins comes from where its function is called")
                .containsExactly(new Origin("gpt.weft:9:5", ""));
    }

    @Test
    void aGradStaysWithItsFunctionFlat() {
        GraphBuilder b = new GraphBuilder("main");
        Value x = b.parameter("x", VECTOR);
        Value seed = b.parameter("seed", SEED);
        Value grad = b.add(new Grad("layer", List.of(x, seed), List.of(0), 2, "loss", VECTOR));
        Program flat = new Inline().apply(program(b.build(List.of(grad)), noise(), layer()));

        assertThat(flat.functions()).extracting(Graph::name).containsExactly("main", "layer");
        assertThat(streams(flat.function("layer"))).containsExactly("attn/mask");
    }

    @Test
    void aFunctionThatCallsItselfIsRefused() {
        GraphBuilder b = new GraphBuilder("f");
        Value x = b.parameter("x", VECTOR);
        Graph f = b.build(List.of(b.add(new Call("g", List.of(x), 0, "", VECTOR))));
        GraphBuilder c = new GraphBuilder("g");
        Value y = c.parameter("x", VECTOR);
        Graph g = c.build(List.of(c.add(new Call("f", List.of(y), 0, "", VECTOR))));

        assertThatThrownBy(() -> new Inline().apply(program(f, g)))
                .isInstanceOf(UserException.class)
                .hasMessage("function f: must not call itself, got f -> g -> f");
    }

    @Test
    void aWrongArgumentIsRefused() {
        GraphBuilder b = new GraphBuilder("main");
        Value x = b.parameter("x", TensorType.of(ElementType.F32, 4));
        Graph main = b.build(List.of(b.add(new Call("layer", List.of(x, x), 0, "", VECTOR))));

        assertThatThrownBy(() -> Inline.inline(main, program(layer(), noise())::function))
                .isInstanceOf(UserException.class)
                .hasMessage("call of layer: argument x must be f32[3], got f32[4]");
    }

    @Test
    void tenThousandNestedCallsNeedNoStack() throws InterruptedException {
        List<Graph> functions = new ArrayList<>();
        int depth = 10_000;
        for (int i = 0; i < depth; i++) {
            GraphBuilder b = new GraphBuilder("f" + i);
            Value x = b.parameter("x", VECTOR);
            Value y = i + 1 < depth ? b.add(new Call("f" + (i + 1), List.of(x), 0, "", VECTOR)) : b.add(new Exp(x));
            functions.add(b.build(List.of(y)));
        }
        Program program =
                program(functions.getFirst(), functions.subList(1, depth).toArray(Graph[]::new));
        List<Program> flat = new ArrayList<>();
        Thread small = new Thread(null, () -> flat.add(new Inline().apply(program)), "small stack", 256 * 1024);
        small.start();
        small.join();

        assertThat(flat).hasSize(1);
        assertThat(flat.getFirst().function("f0").values()).hasSize(2);
    }

    private static List<String> streams(Graph graph) {
        return graph.values().stream()
                .filter(value -> value.op() instanceof Random)
                .map(value -> ((Random) value.op()).stream())
                .toList();
    }
}
