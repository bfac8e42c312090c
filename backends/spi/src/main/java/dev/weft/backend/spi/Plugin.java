package dev.weft.backend.spi;

import dev.weft.graph.UserException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A provider from a jar of a {@link PluginPath}. What does not fit together, such as a class that is missing or an interface that has
 * changed, shows when a method is called first: here it becomes a sentence.
 */
record Plugin(BackendProvider provider, Path jar) implements BackendProvider {

    @Override
    public String name() {
        return linked(provider::name);
    }

    @Override
    public Score score() {
        try {
            return linked(provider::score);
        } catch (UserException unusable) {
            throw unusable;
        } catch (RuntimeException failure) {
            return new Score(0, "its look at this machine failed: " + failure);
        }
    }

    @Override
    public Backend open(BackendOptions options) {
        return linked(() -> provider.open(options));
    }

    @Override
    public int opSet() {
        return linked(provider::opSet);
    }

    private <T> T linked(Supplier<T> call) {
        try {
            return call.get();
        } catch (LinkageError failure) {
            throw unusable(jar, provider.getClass().getName(), failure);
        }
    }

    /** What to throw where {@code failure} keeps a provider from being used. */
    static UserException unusable(Path jar, String name, @Nullable Throwable failure) {
        String reason =
                switch (failure) {
                    case ClassNotFoundException missing
                    when name.equals(missing.getMessage()) -> "the jar has no such class";
                    case ClassNotFoundException missing -> missing(missing.getMessage());
                    case NoClassDefFoundError missing -> missing(missing.getMessage());
                    case UnsupportedClassVersionError newer ->
                        "it is compiled for a newer Java than this one, "
                                + Runtime.version().feature();
                    case NoSuchMethodException none -> "it must have a public constructor without parameters";
                    case IllegalAccessException hidden -> "it must be public and have a public constructor";
                    case InstantiationException incomplete -> "it must not be abstract";
                    case AbstractMethodError older -> "it is built against another version of the plugin interface";
                    case NoSuchMethodError other ->
                        "it is built against another version of Weft: " + other.getMessage();
                    case null -> "it could not be made";
                    default -> failure.toString();
                };
        return new UserException("plugin %s: %s cannot be used: %s".formatted(jar, name, reason), failure);
    }

    private static String missing(@Nullable String type) {
        return "class %s is not there; put the jar that has it into one folder with the plugin and give the folder"
                .formatted(type == null ? "?" : type.replace('/', '.'));
    }

    @Override
    public String toString() {
        return "%s of %s".formatted(provider.getClass().getName(), jar);
    }
}
