package dev.weft.graph;

import dev.weft.graph.op.Op;
import dev.weft.graph.type.TensorType;
import java.util.List;

/**
 * One value of a graph: the result of an op. Values are interned by their {@link GraphBuilder}, so within a graph equality is
 * identity; a value of one graph is never an operand in another.
 */
public final class Value {

    private final GraphBuilder owner;
    private final Op op;
    private final TensorType type;
    private final List<Value> operands;
    private final int id;

    Value(GraphBuilder owner, Op op, int id) {
        this.owner = owner;
        this.op = op;
        this.type = op.type();
        this.operands = List.copyOf(op.operands());
        this.id = id;
    }

    GraphBuilder owner() {
        return owner;
    }

    public Op op() {
        return op;
    }

    public TensorType type() {
        return type;
    }

    public List<Value> operands() {
        return operands;
    }

    /** Its number; operands have smaller ones, so order by id is a topological order. */
    public int id() {
        return id;
    }

    @Override
    public String toString() {
        return "%" + id + ": " + type;
    }
}
