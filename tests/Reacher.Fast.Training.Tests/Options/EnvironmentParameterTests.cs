using System.Text.Json;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Tests.Options;

/// <summary>Environment parameters and engine settings: from file and flags to what a player is told.</summary>
public sealed class EnvironmentParameterTests
{
    private const string Samplers =
        """
        environment_parameters:
          speed: 0.5
          mass:
            sampler_type: uniform
            sampler_parameters: {seed: 3, min_value: 0.5, max_value: 10}
          scale:
            sampler_type: gaussian
            sampler_parameters: {mean: 2, st_dev: .3}
          length:
            sampler_type: multirangeuniform
            sampler_parameters: {intervals: [[7, 10], [15, 20]]}
          size:
            sampler_type: constant
            sampler_parameters: {value: 5}
        """;

    [Test]
    public void Samplers_of_the_file_reach_the_child_processes_and_the_saved_file()
    {
        RunOptions options = Load(Samplers);
        string plan = JsonSerializer.Serialize(RunPlanner.PlanEnvironment(options), JsonStyle.Indented);
        foreach (IReadOnlyDictionary<string, EnvironmentParameter> parameters in new[]
        {
            options.Environment.Parameters,
            Load(ConfigurationWriter.ToYaml(options, withComments: false)).Environment.Parameters,
            JsonSerializer.Deserialize<EnvironmentOptions>(plan, JsonStyle.Indented)!.Parameters,
        })
        {
            Assert.That(parameters, Has.Count.EqualTo(5));
            Assert.That(parameters["speed"], Is.EqualTo(new EnvironmentParameter.Constant(0.5f)));
            Assert.That(parameters["mass"], Is.EqualTo(new EnvironmentParameter.Uniform(0.5f, 10)));
            Assert.That(parameters["scale"], Is.EqualTo(new EnvironmentParameter.Gaussian(2, 0.3f)));
            Assert.That(((EnvironmentParameter.MultiRange)parameters["length"]).Bounds, Is.EqualTo(new[] { 7f, 10, 15, 20 }));
            Assert.That(parameters["size"], Is.EqualTo(new EnvironmentParameter.Constant(5)));
        }
    }

    [TestCase("mass: heavy", "'mass' is heavy, and must be a number")]
    [TestCase("mass: [1, 2]", "'mass' must be a number, or a sampler")]
    [TestCase("mass: {sampler_type: cauchy}", "'mass' has the sampler_type cauchy")]
    [TestCase("mass: {sampler_type: uniform, sampler_parameters: {min_value: 1}}", "'mass' is a sampler without max_value")]
    [TestCase("mass: {sampler_type: multirangeuniform, sampler_parameters: {intervals: [[1]]}}", "'mass' has an interval")]
    public void What_is_no_parameter_is_named_with_its_line(string yaml, string sentence) => Assert.That(
        () => Load("environment_parameters:\n  " + yaml), Throws.TypeOf<InputException>().With.Message.StartsWith("a.yaml:2:")
            .And.Message.Contains(sentence));

    [Test]
    public void The_arm_takes_numbers_only() => Assert.That(
        () => EnvironmentFactory.Create(
            new EnvironmentOptions
            {
                Name = EnvironmentOptions.Arm,
                Parameters = new Dictionary<string, EnvironmentParameter> { ["goal_size"] = new EnvironmentParameter.Uniform(1, 2) },
            },
            0),
        Throws.TypeOf<InputException>().With.Message.Contains("'goal_size' is a sampler"));

    [Test]
    public void The_engines_flags_reach_the_player()
    {
        EngineSettings engine = RunPlanner.PlanEnvironment(Load(
            "engine_settings: {width: 1, height: 2, quality_level: 3, time_scale: 4.5, target_frame_rate: 6, capture_frame_rate: 7}")).Engine;
        Assert.That(engine, Is.EqualTo(new EngineSettings
        {
            Width = 1, Height = 2, QualityLevel = 3, TimeScale = 4.5f, TargetFrameRate = 6, CaptureFrameRate = 7,
        }));
        Assert.That(RunPlanner.PlanEnvironment(Load("")).Engine, Is.EqualTo(new EngineSettings()), "mlagents-learn's defaults, once");
    }

    private static RunOptions Load(string yaml) => ConfigurationLoader.Parse(yaml, "a.yaml", []).Options;
}
