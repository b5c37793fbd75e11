using System.CommandLine;
using Reacher.Fast.Commands;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Runner.Tests.Commands;

public sealed class ConfigurationTests
{
    // Reacher's SAC file as ML-Agents had it, and what mlagents-learn adds when it saves one.
    private const string MlAgentsFile =
        """
        behaviors:
          Reacher:
            trainer_type: sac
            hyperparameters:
              learning_rate: 3.0e-4
              learning_rate_schedule: constant
              batch_size: 128
              buffer_size: 5.0e5
              buffer_init_steps: 0
              tau: 0.005
              steps_per_update: 20.0
              save_replay_buffer: false
              init_entcoef: 1.0
              reward_signal_steps_per_update: 20.0
            network_settings:
              normalize: true
              hidden_units: 128
              num_layers: 2
              vis_encode_type: simple
              memory: null
              goal_conditioning_type: hyper
              deterministic: false
            reward_signals:
              extrinsic:
                gamma: 0.99
                strength: 1.0
                network_settings:
                  normalize: false
                  hidden_units: 128
            init_path: null
            keep_checkpoints: 5
            even_checkpoints: false
            max_steps: 6000000
            time_horizon: 1000
            summary_freq: 50000
            threaded: true
            self_play: null
            behavioral_cloning: null
        env_settings:
          env_path: null
          env_args: [--difficulty, "3"]
          base_port: 5005
          num_areas: 1
          seed: 12
        engine_settings:
          width: 84
          no_graphics: true
        environment_parameters:
          goal_speed: 2
          goal_size:
            sampler_type: uniform
            sampler_parameters: {min_value: 4, max_value: 6.5}
          goal_height:
            curriculum: [{value: 1}]
        checkpoint_settings:
          run_id: first
          train_model: false
        torch_settings:
          device: null
        debug: false
        """;

    [Test]
    public void A_file_of_ML_Agents_is_taken_and_what_is_missing_is_named()
    {
        LoadedConfiguration loaded = Parse(MlAgentsFile);
        RunOptions options = loaded.Options;

        Assert.That(options.Behavior, Is.EqualTo("Reacher"));
        Assert.That(options.Learner.LearningRate, Is.EqualTo(3e-4));
        Assert.That(options.BufferSize, Is.EqualTo(500_000));
        Assert.That(options.TransitionsPerUpdate, Is.EqualTo(20));
        Assert.That(options.Learner.NormalizeObservations, Is.True);
        Assert.That(options.TransitionLimit, Is.EqualTo(6_000_000));
        Assert.That(options.Environment.PlayerArguments, Is.EqualTo(new[] { "--difficulty", "3" }));
        Assert.That(options.Device, Is.EqualTo("auto"));
        Assert.That(options.Environment.Parameters["goal_speed"], Is.EqualTo(new EnvironmentParameter.Constant(2)));
        Assert.That(options.Environment.Parameters["goal_size"], Is.EqualTo(new EnvironmentParameter.Uniform(4, 6.5f)));
        Assert.That(options.SaveReplay, Is.False);
        Assert.That(loaded.Warnings, Has.Count.EqualTo(3), string.Join('\n', loaded.Warnings));
        Assert.That(loaded.Warnings, Has.Some.Contains("env_path is null"));
        Assert.That(loaded.Warnings, Has.Some.Contains("the curriculum of 'goal_height'"));
    }

    [Test]
    public void The_effective_configuration_feeds_back_unchanged(
        [Values(null, MlAgentsFile)] string? file, [Values] TrainerTypeName trainer, [Values] bool comments)
    {
        RunOptions read = ConfigurationLoader.Parse(file ?? "", "a.yaml", [Flag("trainer_type", trainer.ToString().ToLowerInvariant())]).Options;
        RunOptions first = read with
        {
            Environment = read.Environment with { PlayerArguments = ["--a b", "\"quoted\" \\ \n", "null"] },
            InitializeFrom = "null",
            ResultsFolder = "C:\\my: results #1",
            Learner = read.Learner with { Tau = 1e-7f },
        };
        string yaml = ConfigurationWriter.ToYaml(first, comments);

        LoadedConfiguration second = Parse(yaml);

        Assert.That(second.Warnings, Is.Empty);
        Assert.That(ConfigurationWriter.ToYaml(second.Options, comments), Is.EqualTo(yaml));
        foreach (OptionKey key in OptionKeys.All.Where(key => !key.IsTransient && (key.Only ?? first.Trainer) == first.Trainer))
        {
            Assert.That(key.Format(second.Options), Is.EqualTo(key.Format(first)), key.Path);
        }
    }

    [Test]
    public void Every_default_is_allowed_and_every_flag_is_its_own()
    {
        foreach (OptionKey key in OptionKeys.All.Where(key => !key.IsList))
        {
            foreach (TrainerType trainer in Enum.GetValues<TrainerType>())
            {
                string text = key.Format(BuiltInTask.Default.Begin(trainer));
                Assert.That(key.Parse(text == "null" ? null : text), Is.EqualTo(key.DefaultFor(trainer)), key.Path);
            }
        }

        string[] flags = [.. OptionKeys.All.SelectMany(key => new[] { key.Flag, key.FlagAlias }).OfType<string>()];
        Assert.That(flags, Is.Unique);
        Assert.That(OptionKeys.All.Select(key => key.Path), Is.Unique);
    }

    [Test]
    public void TD3_has_its_own_defaults_and_keys()
    {
        RunOptions td3 = Parse("behaviors: {Arm: {trainer_type: td3}}\nenv_settings: {num_agents: 20}").Options;

        Assert.That(td3.Behavior, Is.EqualTo("Arm"));
        Assert.That(td3.Learner.PolicyDelay, Is.EqualTo(2));
        Assert.That(ConfigurationWriter.ToYaml(td3, withComments: false), Does.Contain("target_noise:").And.Not.Contain("init_entcoef"));
    }

    [TestCase("behaviors: {3DBall: {max_steps: 1000}}", true)]
    [TestCase("behaviors: {Reacher: {max_steps: 1000}}", false)]
    [TestCase("behaviors: {3DBall: {max_steps: 1000}}\nenv_settings: {env_path: editor}", false)]
    [TestCase("behaviors: {3DBall: {max_steps: 1000}}\nenv_settings: {env_path: arm}", false)]
    [TestCase("default_settings: {max_steps: 1000}", false)]
    public void A_file_for_a_scene_that_names_no_environment_is_a_warning(string yaml, bool warns)
    {
        const string Sentence = "test.yaml names no environment for '3DBall', so the built-in arm is trained; give --env or env_path, which is " +
            "editor for Play in the Unity editor.";
        Assert.That(Parse(yaml).Warnings, Is.EqualTo(warns ? new[] { Sentence } : []));
        Assert.That(ConfigurationLoader.Parse(yaml, "test.yaml", [Flag("env_path", "pendulum")]).Warnings, Is.Empty);
    }

    [Test]
    public void A_key_of_the_other_algorithm_is_a_warning()
    {
        LoadedConfiguration loaded = Parse("behaviors:\n  Reacher:\n    trainer_type: td3\n    hyperparameters:\n      init_entcoef: 1.0\n");
        Assert.That(loaded.Warnings.Single(), Is.EqualTo("test.yaml:5: init_entcoef means nothing to td3 and is not used."));
    }

    [Test]
    public void Default_settings_lie_below_the_behaviours_own()
    {
        RunOptions options = Parse(
            """
            default_settings:
              trainer_type: td3
              hyperparameters: {batch_size: 64, n_step: 3}
            behaviors:
              Arm:
                hyperparameters: {batch_size: 32}
            """).Options;

        Assert.That(options.Trainer, Is.EqualTo(TrainerType.Td3));
        Assert.That(options.Learner.BatchSize, Is.EqualTo(32));
        Assert.That(options.NStep, Is.EqualTo(3));
    }

    [TestCase("behaviors:\n  R:\n    hyperparameters:\n      lerning_rate: 1\n",
        "test.yaml:4: there is no key 'lerning_rate' in behaviors.R.hyperparameters; did you mean 'learning_rate'?")]
    [TestCase("behaviors:\n  R:\n    hyperparameters:\n      gamma: 0.9\n",
        "test.yaml:4: there is no key 'gamma' in behaviors.R.hyperparameters; it belongs in behaviors.<name>.reward_signals.extrinsic.")]
    [TestCase("enviroment_parameters: {}\n",
        "test.yaml:1: there is no key 'enviroment_parameters' at the top level; did you mean 'environment_parameters'?")]
    [TestCase("qqqqqqq: 1\n", "test.yaml:1: there is no key 'qqqqqqq' at the top level; see --print-config for those there are.")]
    [TestCase("behaviors:\n  R:\n    hyperparameters:\n      batch_size: 0\n",
        "test.yaml:4: batch_size is 0, and must be a whole number from 1 to 65536.")]
    [TestCase("behaviors:\n  R:\n    hyperparameters:\n      batch_size: 1.5\n",
        "test.yaml:4: batch_size is 1.5, and must be a whole number from 1 to 65536.")]
    [TestCase("behaviors:\n  R:\n    hyperparameters:\n      learning_rate: 0\n",
        "test.yaml:4: learning_rate is 0, and must be a number above 0 up to 1.")]
    [TestCase("behaviors:\n  R:\n    hyperparameters:\n      learning_rate: .nan\n",
        "test.yaml:4: learning_rate is .nan, and must be a number above 0 up to 1.")]
    [TestCase("behaviors:\n  R:\n    hyperparameters:\n      learning_rate: NaN\n",
        "test.yaml:4: learning_rate is NaN, and must be a number above 0 up to 1.")]
    [TestCase("behaviors:\n  R:\n    hyperparameters:\n      learning_rate: 1e999\n",
        "test.yaml:4: learning_rate is 1e999, and must be a number above 0 up to 1.")]
    [TestCase("behaviors:\n  R:\n    hyperparameters:\n      buffer_size: 99999999999999999999\n",
        "test.yaml:4: buffer_size is 99999999999999999999, and must be a whole number from 1 to 68719476736.")]
    [TestCase("behaviors:\n  R:\n    hyperparameters:\n      batch_size:\n        - 1\n",
        "test.yaml:5: batch_size is a mapping or a list, and must be a whole number from 1 to 65536.")]
    [TestCase("behaviors:\n  R:\n    network_settings:\n      normalize: maybe\n", "test.yaml:4: normalize is maybe, and must be true or false.")]
    [TestCase("behaviors:\n  R:\n    trainer_type: ppo\n",
        "test.yaml:3: trainer_type is ppo, which is on-policy; this program has sac and td3, so name one of them and leave out the " +
        "hyperparameters that are of the other alone.")]
    [TestCase("behaviors:\n  R:\n    trainer_type: dqn\n", "test.yaml:3: trainer_type is dqn, and must be sac or td3.")]
    [TestCase("behaviors:\n  R: {}\n  S: {}\n", "test.yaml:3: 'S' is a second behaviour; a run trains one, so keep one.")]
    [TestCase("behaviors:\n  \"\": {}\n", "test.yaml:2: the behaviour's name has 0 characters, and must have 1 to 200.")]
    [TestCase("behaviors:\n  \"a\\tb\": {}\n", "test.yaml:2: the behaviour's name holds a control character; rename the behaviour.")]
    [TestCase("behaviors:\n  R:\n    max_steps: 1\n    max_steps: 2\n",
        "test.yaml:4: the key 'max_steps' is here a second time (first on line 3); remove one.")]
    [TestCase("behaviors:\n  R.max_steps: {}\nenv_settings.seed: 1\n",
        "test.yaml:3: there is no key 'env_settings.seed'; write nested keys on lines of their own.")]
    [TestCase("behaviors: [1, 2]\n", "test.yaml:1: 'behaviors' must be a mapping with keys of its own.")]
    [TestCase("- a\n- b\n", "test.yaml:1: the file is not a mapping; it must have keys such as 'behaviors:'.")]
    [TestCase("a: 1\n---\nb: 2\n", "test.yaml:2: a second document begins here; keep one.")]
    [TestCase("a: &x 1\nb: *x\n", "test.yaml:2: anchors and aliases are not supported; write the value out.")]
    [TestCase("checkpoint_settings:\n  run_id: ../../etc\n", "test.yaml:2: run_id holds '/', and must be made of letters, digits, '-', '_' and '.'.")]
    [TestCase("torch_settings:\n  device: tpu\n",
        "test.yaml:2: device is 'tpu', and must be auto, cpu, cuda, cuda:N, torch, torch-cuda or torch-cuda:N.")]
    [TestCase("environment_parameters:\n  goal_speed: fast\n", "test.yaml:2: the environment parameter 'goal_speed' is fast, and must be a number.")]
    public void A_wrong_file_is_one_sentence_with_its_line(string yaml, string expected) =>
        Assert.That(() => Parse(yaml), Throws.TypeOf<InputException>().With.Message.EqualTo(expected));

    [TestCase("a: [1\n")]
    [TestCase("a: \"unclosed\n")]
    [TestCase("a: b: c\n")]
    [TestCase("%YAML 9.9\n---\n\0")]
    public void What_is_not_YAML_is_one_sentence_with_its_line(string text)
    {
        var error = Assert.Throws<InputException>(() => Parse(text));
        Assert.That(error!.Message, Does.Match(@"^test\.yaml:\d+: this is not YAML: .*\.$"));
    }

    [Test]
    [Platform("Linux")]
    public void A_device_without_end_is_refused()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(
            () => ConfigurationLoader.Load("/dev/zero", []), Throws.TypeOf<InputException>().With.Message.Contains("is not a configuration"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(16 << 20));
    }

    [Test]
    public void Nesting_without_end_is_refused() =>
        Assert.That(() => Parse(string.Concat(Enumerable.Repeat("[", 100_000))), Throws.TypeOf<InputException>());

    [Test]
    public void Values_that_contradict_each_other_are_one_sentence()
    {
        Assert.That(
            () => Parse("behaviors: {R: {hyperparameters: {batch_size: 256, buffer_size: 100}}}"),
            Throws.TypeOf<InputException>().With.Message.EqualTo("batch_size is 256 and buffer_size 100; a batch must fit into the buffer."));
        Assert.That(
            () => Parse("behaviors: {R: {hyperparameters: {batch_size: 256, buffer_init_steps: 255}}}"),
            Throws.TypeOf<InputException>().With.Message.StartsWith("batch_size is 256 and buffer_init_steps 255"));
        Assert.That(() => Parse("behaviors: {R: {hyperparameters: {batch_size: 256, buffer_init_steps: 0}}}"), Throws.Nothing);
        Assert.That(
            () => Parse("behaviors: {R: {max_steps: 0, hyperparameters: {learning_rate_schedule: linear}}}"),
            Throws.TypeOf<InputException>().With.Message.StartsWith("learning_rate_schedule is linear and max_steps 0"));
        Assert.That(
            () => ConfigurationLoader.Parse("", "x", [Flag("resume", "true"), Flag("force", "true"), Flag("run_id", "a")]),
            Throws.TypeOf<InputException>().With.Message.Contains("contradict"));
        Assert.That(
            () => ConfigurationLoader.Parse("", "x", [Flag("resume", "true")]),
            Throws.TypeOf<InputException>().With.Message.Contains("--run-id"));
    }

    [Test]
    public void A_number_of_agents_for_a_scene_that_brings_its_own_is_refused()
    {
        Assert.That(
            () => ConfigurationLoader.Parse("", "x", [Flag("env_path", "./scene.x86_64"), Flag("num_agents", "4")]),
            Throws.TypeOf<InputException>().With.Message.StartsWith("--num-agents is 4, and './scene.x86_64' is none of the environments"));
        Assert.That(() => ConfigurationLoader.Parse("", "x", [Flag("env_path", "pendulum"), Flag("num_agents", "4")]), Throws.Nothing);

        // A run's saved configuration names every key.
        Assert.That(() => Parse("env_settings: {env_path: ./scene.x86_64, num_agents: 4}"), Throws.Nothing);
    }

    [Test]
    public void Flags_override_the_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.yaml"], MlAgentsFile);
        var flags = new ConfigurationFlags();
        var command = new RootCommand();
        flags.AddTo(command);
        ParseResult result = command.Parse(
            ["--batch-size", "64", "--run-id", "other", "--no-stop", "--torch-device", "cpu", "--algorithm", "td3", "--normalize", "--seed", "-1",
            "--threshold", "-200"]);

        RunOptions options = ConfigurationLoader.Load(folder["a.yaml"], flags.Read(result)).Options;

        Assert.That(result.Errors, Is.Empty);
        Assert.That(options.Learner.BatchSize, Is.EqualTo(64));
        Assert.That(options.RunId, Is.EqualTo("other"));
        Assert.That(options.StopWhenSolved, Is.False);
        Assert.That(options.Device, Is.EqualTo("cpu"));
        Assert.That(options.Seed, Is.EqualTo(-1));
        Assert.That(options.Threshold, Is.EqualTo(-200));
        Assert.That(options.Trainer, Is.EqualTo(TrainerType.Td3));
        Assert.That(options.Learner.LearningRate, Is.EqualTo(3e-4), "the file's stays");
        Assert.That(options.Resume, Is.False);
    }

    [Test]
    public void A_wrong_flag_is_one_sentence()
    {
        var flags = new ConfigurationFlags();
        var command = new RootCommand();
        flags.AddTo(command);
        Assert.That(
            () => flags.Read(command.Parse(["--batch-size", "many"])),
            Throws.TypeOf<InputException>().With.Message.EqualTo("--batch-size is many, and must be a whole number from 1 to 65536."));
    }

    [Test]
    public void A_missing_file_is_one_sentence() =>
        Assert.That(() => ConfigurationLoader.Load("none.yaml", []), Throws.TypeOf<InputException>()
            .With.Message.StartsWith("There is no configuration file 'none.yaml'"));

    [Test]
    public void The_printed_configuration_has_a_comment_for_every_key()
    {
        string yaml = ConfigurationWriter.ToYaml(BuiltInTask.Default.Sac, withComments: true);
        TestContext.Out.WriteLine(yaml);
        foreach (string line in yaml.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.That(line, Does.Contain(" # ").Or.EndsWith(":"));
        }
    }

    [Test]
    public void The_learners_options_are_those_of_the_configuration()
    {
        var options = (SacOptions)Parse(MlAgentsFile).Options.Learner;
        Assert.That((options.InitialAlpha, options.LearningRate, options.ActorLearningRate), Is.EqualTo((1.0, 3e-4, (double?)null)));
        Assert.That(options.HiddenSizes, Is.EqualTo(new[] { 128, 128 }));
        Assert.That(options.NormalizeObservations, Is.True);
        Assert.That(Parse("behaviors: {R: {network_settings: {hidden_units: 7, num_layers: 3}}}").Options.Learner.HiddenSizes,
            Is.EqualTo(new[] { 7, 7, 7 }));
    }

    [TestCase("init_entcoef: 1.0", true)]
    [TestCase("learning_rate: 0.01", true)]
    [TestCase("entcoef_learning_rate: 0", false)]
    [TestCase("entcoef_learning_rate: 0.001", true)]
    [TestCase("{init_entcoef: 1.0, entcoef_learning_rate: 0}", false)]
    public void The_entropy_coefficient_is_tuned_unless_its_rate_is_zero(string hyperparameters, bool tuned)
    {
        string braced = hyperparameters.StartsWith('{') ? hyperparameters : $"{{{hyperparameters}}}";
        RunOptions run = Parse($"behaviors: {{R: {{hyperparameters: {braced}}}}}\nenv_settings: {{num_agents: 20}}").Options;
        LearnerOptions options = run.Learner with { BatchSize = 2, HiddenSizes = [4] };
        var spec = new TransitionSpec(2, 1);
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        using ILearner learner = LearnerFactory.Create(options, spec, device);
        using var batch = new BatchBuffer(spec, 2);
        StateDictionary before = new(), after = new();
        learner.SaveState(before);
        learner.Update(batch.View);
        learner.SaveState(after);
        Assert.That(after.GetFloats("alpha", 1)[0] != before.GetFloats("alpha", 1)[0], Is.EqualTo(tuned));
    }

    public enum TrainerTypeName
    {
        Sac,
        Td3,
    }

    private static LoadedConfiguration Parse(string yaml) => ConfigurationLoader.Parse(yaml, "test.yaml", []);

    private static FlagValue Flag(string name, string text) => FlagValue.Parse(OptionKeys.All.First(key => key.Name == name), text);
}
