package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Abs;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Max;
import dev.weft.graph.op.Min;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Random;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Reverse;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Slice;
import java.util.ArrayDeque;
import java.util.Deque;

/** Whether the elements of a value have no minus sign (−0.0 has one; NaN may be there), as far as a short look shows. */
final class NonNegative {

    private static final int LOOKS = 64;

    private NonNegative() {}

    static boolean holds(Value value) {
        Deque<Value> open = new ArrayDeque<>();
        open.push(value);
        for (int looks = 0; !open.isEmpty(); looks++) {
            if (looks == LOOKS || !step(open.pop(), open)) {
                return false;
            }
        }
        return true;
    }

    /** False if it may be negative; otherwise what it depends on is to be looked at too. */
    private static boolean step(Value value, Deque<Value> open) {
        switch (value.op()) {
            case Exp _, Abs _, Random _ -> {}
            case Constant c when Double.compare(c.value(), 0) >= 0 -> {}
            case Mul m when m.x().equals(m.y()) -> {}
            case Mul _, Add _, Div _, Min _, ReduceSum _ -> value.operands().forEach(open::push);
            case Max m -> open.push(Match.constant(m.y()) != null ? m.y() : m.x());
            case Broadcast b -> open.push(b.x());
            case Reshape r -> open.push(r.x());
            case Permute p -> open.push(p.x());
            case Slice s -> open.push(s.x());
            case Reverse r -> open.push(r.x());
            case Select s -> {
                open.push(s.x());
                open.push(s.y());
            }
            default -> {
                return false;
            }
        }
        return true;
    }
}
