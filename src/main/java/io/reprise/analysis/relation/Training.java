package io.reprise.analysis.relation;

import io.reprise.data.Relation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Training subjects as estimators see them: each with its prompt, which shows other ones as demonstrations. States and Jacobians are
 * computed once; Jacobians of one pair of ends at a time are held (n·d² doubles).
 */
public final class Training {
    private final SubjectModel model;
    private final PromptMaker prompts;
    private final String template;
    private final List<Relation.Sample> all;
    private final int demonstrations;
    private final List<SubjectPrompt> asked;
    private final Cache cache;
    private final List<Integer> members;

    private static final class Cache {
        private final Map<Ends, List<State>> states = new HashMap<>();
        private final Map<SubjectPrompt, Linearization> linear = new HashMap<>();
        private Ends ends;
    }

    private Training(Training whole, List<Integer> members) {
        this.model = whole.model;
        this.prompts = whole.prompts;
        this.template = whole.template;
        this.all = whole.all;
        this.demonstrations = whole.demonstrations;
        this.asked = whole.asked;
        this.cache = whole.cache;
        this.members = List.copyOf(members);
    }

    /**
     * @param samples with subjects of their own
     * @param demonstrations how many a prompt shows, at most; a training subject's prompt never shows itself
     */
    public Training(
            SubjectModel model,
            PromptMaker prompts,
            String template,
            List<Relation.Sample> samples,
            int demonstrations) {
        if (samples.isEmpty() || demonstrations < 0) {
            throw new IllegalArgumentException(samples.size() + " training samples and " + demonstrations
                    + " demonstrations; expected at least 1 and 0");
        }
        this.model = model;
        this.prompts = prompts;
        this.template = template;
        this.all = List.copyOf(samples);
        this.demonstrations = demonstrations;
        this.asked = IntStream.range(0, samples.size())
                .mapToObj(i -> prompts.make(template, samples.get(i).subject(), others(i)))
                .toList();
        this.cache = new Cache();
        this.members = IntStream.range(0, samples.size()).boxed().toList();
    }

    /**
     * This without its i-th subject. The prompts of the others stay as they are, so that no Jacobian is computed again; they may show
     * the subject left out as a demonstration.
     */
    public Training without(int i) {
        List<Integer> fewer = new ArrayList<>(members);
        fewer.remove(i);
        return new Training(this, fewer);
    }

    public SubjectModel model() {
        return model;
    }

    public PromptMaker prompts() {
        return prompts;
    }

    public String template() {
        return template;
    }

    public int size() {
        return members.size();
    }

    public Relation.Sample sample(int i) {
        return all.get(members.get(i));
    }

    public List<Relation.Sample> samples() {
        return members.stream().map(all::get).toList();
    }

    /** The i-th subject's prompt. */
    public SubjectPrompt prompt(int i) {
        return asked.get(members.get(i));
    }

    /** What the i-th subject's prompt shows. */
    public List<Relation.Sample> shownTo(int i) {
        return others(members.get(i));
    }

    /** What the prompt of a subject outside training shows. */
    public List<Relation.Sample> demonstrations() {
        return all.subList(0, Math.min(demonstrations, all.size()));
    }

    /** h and z of every subject. */
    public List<State> states(Ends ends) {
        List<State> whole = cache.states.computeIfAbsent(ends, e -> List.copyOf(model.states(asked, e)));
        return members.stream().map(whole::get).toList();
    }

    /** @throws IllegalArgumentException if the Jacobian is not finite */
    public Linearization linearization(int i, Ends ends) {
        return linearization(prompt(i), ends);
    }

    Linearization linearization(SubjectPrompt prompt, Ends ends) {
        if (!ends.equals(cache.ends)) {
            cache.linear.clear();
            cache.ends = ends;
        }
        return cache.linear.computeIfAbsent(prompt, p -> {
            Linearization made = model.linearize(p, ends);
            Svd.requireFinite(made.jacobian(), "the Jacobian " + ends + " of the prompt " + p);
            return made;
        });
    }

    private List<Relation.Sample> others(int i) {
        List<Relation.Sample> others = new ArrayList<>(all);
        others.remove(i);
        return others.subList(0, Math.min(demonstrations, others.size()));
    }
}
