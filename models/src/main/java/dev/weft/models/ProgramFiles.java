package dev.weft.models;

import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.models.ProgramFile.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of a program: its own, that of its optimizer, and the generic programs whose entries the commands run. Where each of them is
 * found, and what their sources are. Any number of threads may use one.
 *
 * @param optimizer null where none was chosen
 * @param generics those that were read, by name: once for all programs that are made from one
 */
record ProgramFiles(
        ProgramFile own, @Nullable ProgramFile optimizer, ProgramCache cache, Map<String, ProgramFile> generics) {

    /** Shipped programs that are generic in the model, with entries for every command. */
    private static final List<String> GENERIC = List.of("evaluate", "generate");

    /** The one that is generic in the optimizer as well. */
    private static final String TRAINING = "train";

    static ProgramFiles of(ProgramFile own, ProgramCache cache) {
        return new ProgramFiles(own, null, cache, new ConcurrentHashMap<>());
    }

    /** These with an optimizer. */
    ProgramFiles with(ProgramFile chosen) {
        return new ProgramFiles(own, chosen, cache, generics);
    }

    /** Where the program is that a person names. */
    static Place place(String nameOrFile) {
        return ShippedPrograms.file(nameOrFile).map(Place::file).orElseGet(() -> Place.shipped(nameOrFile));
    }

    /** What the program calls by a name. */
    ProgramFile named(String nameOrFile) {
        return ProgramFile.of(inFolder(nameOrFile), cache);
    }

    /** A file in the program's own folder comes first, so that a run keeps the sources it was started with. */
    private Place inFolder(String nameOrFile) {
        Path folder = own.folder();
        Optional<Path> beside = ShippedPrograms.beside(folder, nameOrFile);
        if (beside.isPresent()) {
            return Place.file(beside.get());
        }
        Place shipped = Place.shipped(nameOrFile);
        return folder != null && ProgramFile.isThere(shipped, cache) ? shipped : place(nameOrFile);
    }

    /** The file's own programs first, then the shipped ones. */
    List<Choice> generic() {
        List<Choice> choices = new ArrayList<>();
        if (own.module().file().last(DefinitionKind.PROGRAM).isPresent()) {
            choices.add(Choice.last(own.module(), DefinitionKind.PROGRAM, Map.of()));
        }
        genericFiles().forEach(generic -> choices.add(Choice.last(generic.module(), DefinitionKind.PROGRAM, Map.of())));
        return choices;
    }

    private List<ProgramFile> genericFiles() {
        List<ProgramFile> files = new ArrayList<>();
        if (optimizer != null) {
            files.add(generic(TRAINING));
        }
        GENERIC.forEach(name -> files.add(generic(name)));
        return files;
    }

    /** Each is read once, for this program and all that are made from it. */
    private ProgramFile generic(String name) {
        return generics.computeIfAbsent(name, wanted -> {
            Place place = inFolder(wanted);
            return place.isShipped() ? ProgramFile.shipped(wanted, cache) : ProgramFile.of(place, cache);
        });
    }

    /** Every source that lowering reads, by file name: what a run keeps to be repeated. */
    SequencedMap<String, String> sources() {
        SequencedMap<String, String> sources = new LinkedHashMap<>();
        all().forEach(each -> each.texts().forEach(sources::putIfAbsent));
        return sources;
    }

    List<ProgramFile> all() {
        List<ProgramFile> files = new ArrayList<>(List.of(own));
        if (optimizer != null) {
            files.add(optimizer);
        }
        files.addAll(genericFiles());
        return files;
    }

    /** What stands for every source that lowering reads, by file name. Two that are called the same are both there. */
    SequencedMap<String, String> marks() {
        SequencedMap<String, String> marks = new LinkedHashMap<>();
        for (ProgramFile each : all()) {
            each.marks().forEach((name, mark) -> {
                String known = marks.putIfAbsent(name, mark);
                if (known != null && !known.equals(mark)) {
                    marks.put("%s of %s".formatted(name, each.name()), mark);
                }
            });
        }
        return marks;
    }
}
