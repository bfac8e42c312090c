import org.jspecify.annotations.NullMarked;

/** Types, ops, programs, their text form, and the passes over them. */
@NullMarked
module dev.weft.graph {
    requires static transitive org.jspecify;

    exports dev.weft.graph.interpret;
    exports dev.weft.graph.nest;
    exports dev.weft.graph.op;
    exports dev.weft.graph.pass.canonical;
    exports dev.weft.graph.pass.inline;
    exports dev.weft.graph.pass.precision;
    exports dev.weft.graph.pass.weights;
    exports dev.weft.graph.pass;
    exports dev.weft.graph.plan;
    exports dev.weft.graph.rewrite;
    exports dev.weft.graph.schedule;
    exports dev.weft.graph.tensor;
    exports dev.weft.graph.text;
    exports dev.weft.graph.type;
    exports dev.weft.graph.verify;
    exports dev.weft.graph;
}
