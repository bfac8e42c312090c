import org.jspecify.annotations.NullMarked;

/** The command line, a client of the public API. */
@NullMarked
module dev.weft.cli {
    requires static transitive org.jspecify;
    requires dev.weft.backend.testkit;
    requires dev.weft.models;
    requires java.management;
    requires jdk.management;
    // Draws PNG files; a Java without it writes SVG.
    requires static java.desktop;
    requires info.picocli;
    requires io.github.javadiffutils;

    exports dev.weft.cli.bench;
    exports dev.weft.cli.plot;

    // picocli reads the annotations of commands, and sets their fields.
    opens dev.weft.cli to
            info.picocli;
    opens dev.weft.cli.bench to
            info.picocli;
}
