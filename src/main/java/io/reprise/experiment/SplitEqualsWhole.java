package io.reprise.experiment;

import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.analysis.relation.jacobian.Jacobian;
import io.reprise.analysis.relation.jacobian.JacobianOptions;
import io.reprise.config.AnalysisChoice;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.model.Activations;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelExport;
import io.reprise.weights.AtomicDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/** Whether a model's upper part does what the whole does, bit for bit, and what it would do if its blocks were counted anew. */
final class SplitEqualsWhole {
    private final Transformer model;
    private final Optional<Path> directory;
    private final Dataset data;
    private final AnalysisChoice.Split choice;
    private final Arithmetic arithmetic;
    private final Map<String, Double> metrics = new LinkedHashMap<>();

    /** @param directory of the model; it is written to a temporary one if missing */
    SplitEqualsWhole(
            Transformer model,
            Optional<Path> directory,
            Dataset data,
            AnalysisChoice.Split choice,
            Arithmetic arithmetic) {
        this.model = model;
        this.directory = directory;
        this.data = data;
        this.choice = choice;
        this.arithmetic = arithmetic;
    }

    /**
     * @param examples prompts are made of some of these, all but their last token
     * @param progress hears how far it is
     * @throws IllegalArgumentException if the model has no such layers
     */
    Findings findings(List<Example> examples, Consumer<String> progress) throws IOException {
        List<Integer> layers = choice.layers().isEmpty()
                ? IntStream.range(1, model.config().nLayers()).boxed().toList()
                : choice.layers();
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("analyses: split: a model of "
                    + model.config().nLayers() + " blocks can't be split; expected 2 or more");
        }
        List<SubjectPrompt> prompts = prompts(examples);
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException(
                    "analyses: split: no example has three tokens, so nothing can be compared; give the task longer ones");
        }
        for (String name : List.of("entries", "differing")) {
            metrics.put("split/" + name, 0.0);
        }
        Path folder = Files.createTempDirectory("reprise-split-");
        try {
            Path whole = directory.isPresent() ? directory.get() : write(folder.resolve("model"));
            for (int layer : layers) {
                progress.accept("layer " + layer);
                compare(new SplitRoutes(whole, layer, prompts, arithmetic).measure(folder.resolve("at-" + layer)));
                double renumbered = 0;
                for (SubjectPrompt prompt : prompts) {
                    renumbered = Math.max(renumbered, renumbered(layer, prompt));
                }
                metrics.put("split/layer_" + layer + "/renumbered_relative_difference", renumbered);
                metrics.merge("split/renumbered_relative_difference", renumbered, Math::max);
            }
            return Findings.of(List.of(), metrics);
        } finally {
            AtomicDirectory.delete(folder);
        }
    }

    private List<SubjectPrompt> prompts(List<Example> examples) {
        int count = Math.min(choice.examples(), examples.size());
        return IntStream.range(0, count)
                .mapToObj(n -> examples.get((int) ((long) n * examples.size() / count)))
                .filter(example -> example.length() > 2)
                .map(example -> new SubjectPrompt(
                        Arrays.copyOf(example.tokens(), example.length() - 1),
                        example.length() - 3)) // the last but one: every window reaches it from the last
                .toList();
    }

    private Path write(Path target) throws IOException {
        ModelExport.write(
                target,
                ModelExport.formatFor(model.config()),
                model,
                Optional.of(data.vocabulary().tokens()),
                ModelExport.sample(model.config()));
        return target;
    }

    private void compare(List<SplitRoutes.Measured> routes) {
        double[] whole = routes.get(0).all();
        for (SplitRoutes.Measured route : routes.subList(1, routes.size())) {
            double[] other = route.all();
            if (other.length != whole.length) {
                throw new IllegalStateException(
                        other.length + " numbers by one route, " + whole.length + " by another");
            }
            double largest = 0;
            long differing = 0;
            for (int i = 0; i < whole.length; i++) {
                differing += Double.doubleToRawLongBits(whole[i]) == Double.doubleToRawLongBits(other[i]) ? 0 : 1;
                largest = Math.max(largest, Math.abs(whole[i] - other[i]));
            }
            metrics.merge("split/entries", (double) whole.length, Double::sum);
            metrics.merge("split/differing", (double) differing, Double::sum);
            metrics.merge("split/largest_difference", largest, Math::max);
        }
        for (List<RealMatrix> byMethod : routes.get(0).jacobians()) {
            for (RealMatrix a : byMethod) {
                for (RealMatrix b : byMethod) {
                    metrics.merge("split/methods_relative_difference", difference(a, b), Math::max);
                }
            }
        }
    }

    /** How far the Jacobian of all blocks above is from that of the same blocks with the settings of the lowest ones. */
    private double renumbered(int layer, SubjectPrompt prompt) {
        ModelConfig whole = model.config();
        int left = whole.nLayers() - layer;
        Transformer anew = new Transformer(
                model.backend(), renumbered(whole, left), new RenumberedWeights(model.weights(), layer));
        Site site = Site.of(Site.Kind.RESID_PRE, layer);
        Activations.Value stream =
                model.run(Tokens.of(prompt.tokens()), List.of(site)).get(site);
        return difference(
                jacobian(model, new Ends(End.after(layer - 1), End.after(whole.nLayers() - 1)), stream, prompt),
                jacobian(anew, new Ends(End.after(-1), End.after(left - 1)), stream, prompt));
    }

    private static RealMatrix jacobian(Transformer model, Ends ends, Activations.Value stream, SubjectPrompt prompt) {
        return new Array2DRowRealMatrix(new Jacobian(model, ends, JacobianOptions.defaults())
                .at(
                        stream,
                        prompt.subject(),
                        prompt.length() - 1,
                        0,
                        model.config().dModel())
                .vectors()
                .toArray(new double[0][]));
    }

    private static ModelConfig renumbered(ModelConfig c, int nLayers) {
        return new ModelConfig(
                nLayers,
                c.dModel(),
                c.nHeads(),
                c.dHead(),
                c.dMlp(),
                c.dVocab(),
                c.nCtx(),
                c.actFn(),
                c.normalization(),
                c.eps(),
                c.positions(),
                c.rotaryDim(),
                c.rotaryBase(),
                c.parallelAttnMlp(),
                c.tiedUnembed(),
                c.attnWindows().subList(0, nLayers),
                c.attnScales().subList(0, nLayers));
    }

    /** |A − B|_F / |A|_F; 0 where both are 0. */
    private static double difference(RealMatrix a, RealMatrix b) {
        double distance = a.subtract(b).getFrobeniusNorm();
        return distance == 0 ? 0 : distance / a.getFrobeniusNorm();
    }
}
