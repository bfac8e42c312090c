package dev.weft.graph.nest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Sub;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In which order a nest reads the operands of ops that take them in any order: not in that in which a graph happens to have them. */
class OperandOrderTest {
    private static final long POINTS = 64;

    private final GraphBuilder b = new GraphBuilder("f");
    private final Value each = b.parameter("each", TensorType.of(ElementType.F32, POINTS));
    private final Value other = b.parameter("other", TensorType.of(ElementType.F32, POINTS));
    private final Value one = b.parameter("one", TensorType.scalar(ElementType.F32));
    private final Value scale = b.add(new Broadcast(one, each.type().shape(), List.of()));

    private List<Value> read(Value result) {
        return nodeOf(result).operands().stream().map(Node::value).toList();
    }

    private Value mul(Value x, Value y) {
        return b.add(new Mul(x, y));
    }

    @Test
    void whatVariesComesFirst() {
        assertThat(read(mul(scale, each))).containsExactly(each, one);
        assertThat(read(mul(each, scale))).containsExactly(each, one);
    }

    @Test
    void constantsComeLast() {
        Value two = b.full(TensorType.scalar(ElementType.F32), 2);
        Value twoTimes = b.add(new Broadcast(mul(two, one), each.type().shape(), List.of()));
        Node product = nodeOf(mul(twoTimes, each));
        assertThat(product.operands().getFirst().value()).isEqualTo(each);
        assertThat(product.operands().getLast().operands().stream().map(Node::value))
                .containsExactly(one, two);
    }

    private Node nodeOf(Value result) {
        Graph graph = b.build(List.of(result));
        List<Value> values = graph.values().stream()
                .filter(value -> !graph.parameters().contains(value))
                .toList();
        return Nest.of(1, POINTS, values, List.of(result)).roots().getFirst().source();
    }

    @Test
    void equalOnesStayAsTheyAre() {
        assertThat(read(b.add(new Add(other, each)))).containsExactly(other, each);
    }

    @Test
    void opsThatMindStayAsTheyAre() {
        assertThat(read(b.add(new Sub(scale, each)))).containsExactly(one, each);
    }
}
