package dev.weft.backend.spi;

/** A backend that may or may not run on this machine. Registered as a service; making one loads nothing. */
public interface BackendProvider {

    /** The name in {@code --backend NAME}: lower-case letters, digits and dashes. */
    String name();

    /** How well it suits this machine. Checks before it loads any library. */
    Score score();

    /**
     * The backend, ready to compile.
     *
     * @throws dev.weft.graph.MachineException if the machine lacks something, with the sentence of {@link #score}
     */
    Backend open(BackendOptions options);

    /**
     * The op set that the backend was built against: an implementation returns {@code Primitive.VERSION}, which the compiler copies
     * into its class file.
     */
    int opSet();

    /**
     * How well a backend suits the machine.
     *
     * @param value 0 if it cannot run here; the reference backend has 1; the highest is the default
     * @param reason what was found, or what is missing
     */
    record Score(int value, String reason) {}
}
