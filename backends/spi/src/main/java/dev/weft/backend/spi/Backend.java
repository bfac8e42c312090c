package dev.weft.backend.spi;

import dev.weft.graph.Program;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Optional;

/** A backend opened on this machine. Safe for many threads; its sessions are not. */
public interface Backend extends AutoCloseable {

    /** What it runs on and how, as {@code name: value} lines for {@code weft doctor}. */
    List<String> capabilities();

    /** Whether it computes this op on elements of this type. */
    Support supports(Class<? extends Primitive> op, ElementType element);

    /** What may be fused into one kernel; without an answer, every value is a region of its own. */
    default FusionModel fusionModel() {
        return FusionModel.NONE;
    }

    /** What the machine can do at best, measured now, which takes some tenths of a second; empty where a backend cannot say. */
    default Optional<Limits> limits() {
        return Optional.empty();
    }

    /**
     * A session with every entry of the program. Stored tensors begin as zeros.
     *
     * @param program without {@code call} and {@code grad}
     * @throws dev.weft.graph.MachineException if memory does not suffice; said before allocating
     */
    Session compile(Program program, CompileOptions options);

    /** Ends the backend; sessions left open are closed. May be called again. */
    @Override
    void close();
}
