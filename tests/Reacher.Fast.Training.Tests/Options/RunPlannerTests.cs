using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Tests.Options;

public sealed class RunPlannerTests
{
    [Test]
    public void What_is_left_open_is_settled_and_what_is_said_stays()
    {
        RunOptions settled = RunPlanner.Settle(BuiltInTask.Arm.Begin(TrainerType.Td3), TimeProvider.System);
        Assert.That(settled.RunId, Does.Match(@"^td3-\d{8}-\d{6}$"));
        Assert.That(settled.Seed, Is.InRange(0, 9999));

        RunOptions said = BuiltInTask.Arm.Sac with { RunId = "a", Seed = 7 };
        Assert.That(RunPlanner.Settle(said, TimeProvider.System), Is.EqualTo(said));
    }

    [Test]
    public void Runs_that_begin_within_a_second_have_names_of_their_own()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path };
        var clock = new ManualTime();
        for (int i = 1; i <= 3; i++)
        {
            string id = RunPlanner.Settle(options, clock).RunId!;
            Assert.That(id, Does.Match(i == 1 ? @"^sac-\d{8}-\d{6}$" : $@"^sac-\d{{8}}-\d{{6}}-{i}$"));
            Directory.CreateDirectory(folder[id]);
        }
    }

    [Test]
    public void The_plan_is_the_options_and_what_the_environment_says([Values] bool sac)
    {
        TrainerType trainer = sac ? TrainerType.Sac : TrainerType.Td3;
        RunOptions options = BuiltInTask.Arm.Begin(trainer) with { RunId = "a", Seed = 3, TransitionsPerUpdate = 5, EnvironmentCount = 2 };
        RunPlan plan = RunPlanner.Plan(options, agentCount: 8, observationSize: 33, actionSize: 4);

        Assert.That(plan.Trainer, Is.EqualTo(trainer));
        Assert.That((plan.RunId, plan.Seed, plan.Learner.Seed, plan.Environment.PlayerSeed), Is.EqualTo(("a", 3ul, 3ul, 3)));
        Assert.That((plan.AgentCount, plan.ObservationSize, plan.ActionSize, plan.Environment.Workers), Is.EqualTo((8, 33, 4, 3)));
        Assert.That(plan.UpdatesPerTransition, Is.EqualTo(0.2));
        Assert.That(plan.MaxTransitions, Is.EqualTo(long.MaxValue));
        Assert.That(plan.LearnerThreads, Is.GreaterThan(0));
    }

    [Test]
    public void A_plan_that_was_saved_is_read_back_with_every_option_changed([Values] bool sac)
    {
        TrainerType trainer = sac ? TrainerType.Sac : TrainerType.Td3;
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Begin(trainer);
        foreach (OptionKey key in OptionKeys.All.Where(key => !key.IsTransient && key != OptionKeys.Trainer))
        {
            options = key.Set(options, Changed(key, key.Get(options)));
        }

        RunPlan plan = RunPlanner.Plan(options with { Seed = 5 }, 8, 33, 4) with { ObservationLayout = new ObservationLayout([[11], [11, 2]]) };
        plan.Save(folder["plan.json"]);
        RunPlan read = RunPlan.Load(folder["plan.json"]);

        foreach (OptionKey key in OptionKeys.All)
        {
            Assert.That(key.Format(read), Is.EqualTo(key.Format(plan)), key.Path);
        }

        Assert.That((read.Seed, read.Learner.Seed, read.AgentCount, read.RunId), Is.EqualTo((5ul, 5ul, 8, plan.RunId)));
        Assert.That(read.PolicySpec.Observations, Is.EqualTo(plan.ObservationLayout));
        Assert.That(read.ToJson(), Is.EqualTo(plan.ToJson()));
    }

    [Test]
    public void Each_tasks_options_are_valid_and_the_arm_is_solved_at_30_over_100()
    {
        foreach (TrainerType trainer in Enum.GetValues<TrainerType>())
        {
            foreach (string environment in new[] { "arm", "pendulum", "a player" })
            {
                Assert.That(BuiltInTask.Of(environment).Begin(trainer).Validate, Throws.Nothing);
            }
        }

        Assert.That((BuiltInTask.Arm.Sac.Threshold, BuiltInTask.Arm.Sac.EvaluationWindow), Is.EqualTo((30, 100)));
        Assert.That(new RunOptions().Validate, Throws.Nothing, "so are the records' own");
    }

    [TestCase("a player", null, 500_000)]
    [TestCase("pendulum", -200, 500_000)]
    [TestCase("arm", 30, 0)]
    public void Only_a_task_that_is_known_is_solved_and_each_tunes_its_entropy_coefficient(string environment, double? threshold, long steps)
    {
        RunOptions options = BuiltInTask.Of(environment).Begin(TrainerType.Sac);
        Assert.That((options.Threshold, options.TransitionLimit), Is.EqualTo((threshold, steps)));
        bool isArm = environment == EnvironmentOptions.Arm;
        Assert.That(options.CooldownTransitions > 0, Is.EqualTo(isArm));
        Assert.That(((SacOptions)options.Learner).EntropyLearningRate, Is.Positive);
    }

    [TestCase("", "", 400)]
    [TestCase("", "--num-agents 20", 20)]
    [TestCase("env_settings:\n  num_agents: 20\n", "", 20)]
    [TestCase("env_settings:\n  num_agents: 2e1\n", "", 20)]
    [TestCase("env_settings:\n  num_agents: 20.0\n", "", 20)]
    [TestCase("env_settings:\n  num_agents: 20\n", "--num-agents 400", 400)]
    [TestCase("env_settings:\n  num_agents: 400\n", "--num-agents 99", 99)]
    [TestCase("env_settings:\n  num_agents: 100\n", "", 100)]
    public void Few_arms_have_the_values_of_the_scene_and_many_have_theirs(string file, string flag, int agents)
    {
        FlagValue[] flags = flag.Length == 0 ? [] : [FlagValue.Parse(OptionKeys.Agents, flag.Split(' ')[1])];
        RunOptions options = ConfigurationLoader.Parse(file, "test.yaml", flags).Options;
        RunOptions expected = (agents < BuiltInTask.FewestOfMany ? BuiltInTask.Scene : BuiltInTask.Arm).Sac;
        Assert.That((options.Environment.Agents, options.EvaluationAgents, options.EvaluationEpisodes), Is.EqualTo((agents, 20, 10)));
        Assert.That(options with { Environment = expected.Environment }, Is.EqualTo(expected));
        Assert.That(((SacOptions)options.Learner).EntropyLearningRate, Is.EqualTo(agents < BuiltInTask.FewestOfMany ? 1e-4 : 3e-4));
    }

    [TestCase(400, 3, 1199, false, false)]
    [TestCase(400, 3, 1200, false, true)]
    [TestCase(400, 3, 1199, true, true)]
    public void A_step_of_all_agents_must_fit_the_replay(int agents, int steps, long rows, bool inProcess, bool fits)
    {
        RunOptions options = BuiltInTask.Arm.Sac with { RunId = "a", Seed = 1, NStep = steps, BufferSize = rows, InProcess = inProcess };
        Assert.That(
            () => RunPlanner.Plan(options, agents, 33, 4),
            fits ? Throws.Nothing : Throws.InstanceOf<InputException>().With.Message.Contains("set buffer_size to 1200 or more"));
    }

    [Test]
    public void A_plan_is_as_another_whatever_began_or_resumed_the_run()
    {
        RunPlan plan = RunPlanner.Plan(BuiltInTask.Arm.Sac with { RunId = "a", Seed = 1 }, 400, 33, 4);
        Assert.That(plan.IsAs(plan with { Resume = true }));
        Assert.That(plan.IsAs(plan with { Gamma = 0.5f }), Is.False);
        Assert.That(plan.IsAs(plan with { Version = "0" }), Is.False);
    }

    // Another value of the same type.
    private static object? Changed(OptionKey key, object? value) => value switch
    {
        null => key.Parse("0.5"),
        bool isOn => !isOn,
        int number => number + 1,
        long number => number + 1,
        float number => number / 2,
        double number => number / 2,
        Enum => Core.Networks.WeightInitialization.Orthogonal,
        IReadOnlyList<string> => new[] { "a b" },
        _ => "x",
    };
}
