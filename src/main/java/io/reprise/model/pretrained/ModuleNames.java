package io.reprise.model.pretrained;

import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Site.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A library's module names as aliases of sites: a module's name means its output. {@code #} stands for the layer; where a site
 * has several names, the first is shown.
 *
 * @param prefix that every name may have, as {@code transformer.}
 * @param input the module whose output enters the first block
 */
record ModuleNames(String prefix, String input, Map<Kind, List<String>> names) {
    static final ModuleNames NONE = new ModuleNames("", "", Map.of());

    ModuleNames {
        names = new LinkedHashMap<>(names);
    }

    /** The module whose output the site is. */
    Optional<String> of(Site site) {
        if (site.kind() == Kind.RESID_PRE && site.layer() == 0 && !input.isEmpty()) {
            return Optional.of(input);
        }
        return names.getOrDefault(site.kind(), List.of()).stream().findFirst().map(name -> at(name, site));
    }

    /** Every module of this model that a site is the output of, with and without the prefix. */
    Map<String, Site> aliases(ModelConfig config) {
        Map<String, Site> aliases = new LinkedHashMap<>();
        for (Site site : Site.all(config)) {
            List<String> own = new ArrayList<>(names.getOrDefault(site.kind(), List.of()));
            of(site).ifPresent(own::add);
            for (String name : own) {
                aliases.put(at(name, site), site);
                aliases.put(prefix + at(name, site), site);
            }
        }
        return aliases;
    }

    private static String at(String name, Site site) {
        return name.replace("#", Integer.toString(site.layer()));
    }
}
