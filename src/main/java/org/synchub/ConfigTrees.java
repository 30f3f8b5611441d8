package org.synchub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;
import org.synchub.mapping.SecretFile;
import org.synchub.sync.SecretLog;

/**
 * Lets what stands in the files of a config tree ({@code spring.config.import=configtree:…}) count as it is now, where
 * Spring Boot keeps what it read first. Whoever asks the environment anew gets what the file holds then. Which files there
 * are is found out once.
 */
final class ConfigTrees implements EnvironmentPostProcessor, Ordered {

    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER + 1;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        MutablePropertySources sources = environment.getPropertySources();
        for (PropertySource<?> source : List.copyOf(sources.stream().toList())) {
            if (source instanceof ConfigTreePropertySource tree) {
                sources.replace(tree.getName(), new Reread(tree));
            }
        }
    }

    /** A config tree whose files are read again when they have changed. */
    private static final class Reread extends EnumerablePropertySource<Path> implements OriginLookup<String> {

        private final ConfigTreePropertySource tree;
        private final Map<String, SecretFile> files = new LinkedHashMap<>();

        Reread(ConfigTreePropertySource tree) {
            super(tree.getName(), tree.getSource());
            this.tree = tree;
            for (String name : tree.getPropertyNames()) {
                Resource file = tree.getOrigin(name) instanceof TextResourceOrigin origin ? origin.getResource() : null;
                if (file != null && file.isFile()) {
                    files.put(
                            name,
                            new SecretFile(
                                    path(file),
                                    Reread::trimmed,
                                    String.valueOf(tree.getProperty(name)),
                                    new SecretLog()));
                }
            }
        }

        private static Path path(Resource file) {
            try {
                return file.getFile().toPath();
            } catch (IOException e) {
                throw new UncheckedIOException("The file of a config tree has no path: " + file, e);
            }
        }

        /** As Spring Boot does it: the line break at the end of a single line is none of the value. */
        private static String trimmed(String text) {
            return text.indexOf('\n') == text.length() - 1 ? text.replaceFirst("\\r?\\n$", "") : text;
        }

        @Override
        public @Nullable Object getProperty(String name) {
            SecretFile file = files.get(name);
            return file == null ? tree.getProperty(name) : file.text();
        }

        @Override
        public boolean containsProperty(String name) {
            return tree.containsProperty(name);
        }

        @Override
        public String[] getPropertyNames() {
            return tree.getPropertyNames();
        }

        @Override
        public @Nullable Origin getOrigin(String name) {
            return tree.getOrigin(name);
        }

        @Override
        public boolean isImmutable() {
            return false;
        }
    }
}
