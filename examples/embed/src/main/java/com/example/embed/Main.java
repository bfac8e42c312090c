package com.example.embed;

import dev.weft.models.Weft;
import dev.weft.models.WeftOptions;

/** Both examples, on the best backend of this machine. */
public final class Main {

    private Main() {}

    /** @param arguments the name of a backend, or nothing for the best one */
    public static void main(String[] arguments) {
        WeftOptions options = WeftOptions.defaults().threads(2);
        try (Weft weft = Weft.open(arguments.length == 0 ? options : options.backend(arguments[0]))) {
            System.out.println("backend " + weft.backendName());
            Slope.run(weft);
            Writer.run(weft);
        }
    }
}
