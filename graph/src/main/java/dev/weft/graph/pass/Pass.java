package dev.weft.graph.pass;

import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.op.Op;
import java.util.Set;

/** One step of compilation: a program in, a program of the same meaning out. */
public interface Pass {

    /** One lower-case word: its name in tables, dumps and messages. */
    String name();

    /** What it does, in one line. */
    String summary();

    Program apply(Program program);

    /** Ops that are gone after it, for good. */
    default Set<Class<? extends Op>> removes() {
        return Set.of();
    }

    /** A pass that looks at one function at a time. */
    interface OnFunctions extends Pass {

        Graph apply(Graph function);

        @Override
        default Program apply(Program program) {
            return program.mapFunctions(this::apply);
        }
    }
}
