package dev.weft.backend.spi;

import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

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

    /** Says that a program is being made ready for {@link #compile}: what that takes and does not depend on a program may begin now. */
    default void expectCompile() {}

    /**
     * A session with every entry of the program. Stored tensors begin as zeros.
     *
     * @param program without {@code call} and {@code grad}
     * @throws dev.weft.graph.MachineException if memory does not suffice; said before allocating
     */
    Session compile(Program program, CompileOptions options);

    /**
     * Bytes that a session of a program would hold, as far as that is known before kernels are compiled; empty where it is not.
     *
     * @param program as for {@link #compile}
     */
    default OptionalLong memoryBytes(Program program) {
        return OptionalLong.empty();
    }

    /** What an executable depends on besides the program: two backends of one target may share it. */
    default String target() {
        return "";
    }

    /** Why something that is kept from one process to the next could not be kept or found, in a sentence; empty while all is well. */
    default Optional<String> cacheProblem() {
        return Optional.empty();
    }

    /**
     * What the bits of results depend on besides the program and the build of Weft: above all the instruction-set level. Two backends of
     * one name for which this is equal compute equal bits.
     */
    default String arithmetic() {
        return "";
    }

    /** Whether products in f32 can round their terms to TF32, if {@link BackendOptions#tf32} says so. */
    default boolean hasTf32() {
        return false;
    }

    /**
     * What was chosen by measuring, and changes the last bits of results: a run keeps it and gives it back by {@link #keepTo}. Keys and
     * values are the backend's own.
     */
    default Map<String, String> choices() {
        return Map.of();
    }

    /** From now on, sessions are compiled with these {@link #choices} wherever they still can be made here. */
    default void keepTo(Map<String, String> choices) {}

    /**
     * A session of what {@link Session#executable} gave, here or in another process, without compiling. Stored tensors begin as zeros.
     *
     * @throws dev.weft.graph.UserException if it is damaged or of another version, or this backend makes none
     * @throws dev.weft.graph.MachineException if the processor lacks instructions that it uses, or memory does not suffice
     */
    default LoadedSession load(byte[] executable) {
        throw new UserException("executable: cannot be loaded by this backend; choose --backend cpu");
    }

    /** Ends the backend; sessions left open are closed. May be called again. */
    @Override
    void close();
}
