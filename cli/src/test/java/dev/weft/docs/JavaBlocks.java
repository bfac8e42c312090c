package dev.weft.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;

/**
 * Compiles the Java of one page against Weft: a block is a whole file, or statements. Statements may use names of the page's earlier
 * statements.
 */
final class JavaBlocks {

    private static final Pattern UNIT = Pattern.compile(
            "(?m)^(?:public |final |abstract |sealed |non-sealed )*(?:class|interface|record|enum|module) (\\w[\\w.]*)");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;\\n");

    private static final ToolProvider JAVAC = ToolProvider.findFirst("javac").orElseThrow();

    private final Path folder;
    private final List<String> earlier = new ArrayList<>();

    JavaBlocks(Path folder) {
        this.folder = folder;
    }

    void compile(String text) throws IOException {
        Matcher unit = UNIT.matcher(text);
        if (unit.find()) {
            boolean module = unit.group().contains("module ");
            assertThat(errors(module ? "module-info" : unit.group(1), text, module))
                    .isEmpty();
            return;
        }
        String errors = errors("Statements", statements(List.of(text)), false);
        earlier.add(text);
        if (!errors.isEmpty()) {
            assertThat(errors("Statements", statements(earlier), false))
                    .as(errors)
                    .isEmpty();
        }
    }

    private static String statements(List<String> blocks) {
        String all = String.join("\n", blocks);
        StringBuilder imports = new StringBuilder();
        IMPORT.matcher(all).results().map(found -> found.group()).distinct().forEach(imports::append);
        return "%sfinal class Statements {%n    static void run() throws Exception {%n%s%n    }%n}%n"
                .formatted(imports, IMPORT.matcher(all).replaceAll(""));
    }

    private String errors(String name, String text, boolean module) throws IOException {
        Path file = Files.writeString(
                Files.createDirectories(folder.resolve("sources")).resolve(name + ".java"), text);
        StringWriter said = new StringWriter();
        PrintWriter to = new PrintWriter(said, true);
        int code = JAVAC.run(
                to,
                to,
                "-d",
                folder.resolve("classes").toString(),
                "-proc:none",
                "-nowarn",
                module ? "--module-path" : "-cp",
                System.getProperty("java.class.path"),
                file.toString());
        return code == 0 ? "" : said + "\nin\n" + text;
    }
}
