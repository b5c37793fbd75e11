using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Options;

/// <summary>A run's behaviour is its scene's, its settings are those of that name, and its files lie within the run's folder.</summary>
public sealed class BehaviorNameTests
{
    private const string Player = "env_settings: {env_path: Builds/Scene}\n";

    [Test]
    public void Without_a_behaviour_in_the_file_it_is_the_scenes()
    {
        Assert.That(OfScene("", "Scripted").Behavior, Is.EqualTo("Scripted"));
        Assert.That(OfScene("default_settings: {max_steps: 7}\n", "Scripted").TransitionLimit, Is.EqualTo(7));
    }

    [TestCase("arm", "Reacher")]
    [TestCase("pendulum", "Pendulum")]
    [TestCase("mujoco:HalfCheetah-v4", "HalfCheetah-v4")]
    public void A_built_in_environment_gives_its_name_to_a_run_whose_file_names_none(string environment, string name)
    {
        string path = $"env_settings: {{env_path: '{environment}'}}\n";
        Assert.That(ConfigurationLoader.Parse(path, "test.yaml", []).Options.Behavior, Is.EqualTo(name));
        Assert.That(ConfigurationLoader.Parse(path + "behaviors: {Mine: {max_steps: 7}}\n", "test.yaml", []).Options.Behavior, Is.EqualTo("Mine"));
    }

    [Test]
    public void The_behaviour_of_the_scenes_name_is_taken_among_several()
    {
        const string Text = "behaviors:\n  A: {max_steps: 1}\n  My Behavior: {max_steps: 2, trainer_type: td3}\n";
        RunOptions options = OfScene(Text, "My Behavior");
        Assert.That((options.Behavior, options.TransitionLimit, options.Trainer), Is.EqualTo(("My Behavior", 2L, TrainerType.Td3)));
        Assert.That(options.RunId, Does.StartWith("td3-"));
        Assert.That(OfScene(Text, "A").TransitionLimit, Is.EqualTo(1));
    }

    [Test]
    public void A_name_that_the_scene_has_not_is_refused_unless_there_are_default_settings()
    {
        const string Text = "behaviors:\n  Crawler: {max_steps: 1}\n";
        Assert.That(
            () => OfScene(Text, "Scripted"),
            Throws.TypeOf<InputException>().With.Message.EqualTo(
                "test.yaml:3: the scene's behaviour is 'Scripted', and the file has 'Crawler'; give it the scene's name, or write " +
                "default_settings, which hold for any behaviour."));
        RunOptions options = OfScene(Text + "default_settings: {max_steps: 7}\n", "Scripted");
        Assert.That((options.Behavior, options.TransitionLimit), Is.EqualTo(("Scripted", 7L)), "and nothing of the other behaviour's");
    }

    [TestCase("Reacher?team=0", "Reacher")]
    [TestCase("ReacherBrain", "ReacherBrain")]
    [TestCase("My Behavior?team=1", "My Behavior")]
    public void The_scenes_name_is_without_its_team(string told, string name) => Assert.That(BehaviorName.OfScene(told), Is.EqualTo(name));

    [TestCase("Reacher", "Reacher")]
    [TestCase("My Behavior", "My Behavior")]
    [TestCase("Größe_1.2", "Größe_1.2")]
    [TestCase("../../etc", "_.._.._etc")]
    [TestCase("a/b\\c:d", "a_b_c_d")]
    [TestCase("-rf", "_-rf")]
    [TestCase("..", "_..")]
    [TestCase(" ", "_")]
    [TestCase("run_logs", "_run_logs")]
    [TestCase("replay.map", "_replay.map")]
    [TestCase("\ud83d\ude00", "__")]
    public void Files_are_named_safely(string name, string file)
    {
        Assert.That(BehaviorName.InFiles(name), Is.EqualTo(file));
        var run = new RunFolder(Path.GetFullPath("run"), name);
        Assert.That(Path.GetDirectoryName(run.BehaviorFolder), Is.EqualTo(run.Folder));
        Assert.That(Path.GetDirectoryName(run.Onnx), Is.EqualTo(run.Folder));
    }

    [Test]
    public void A_long_name_leaves_room_in_its_files() => Assert.That(BehaviorName.InFiles(new string('字', 200)), Has.Length.EqualTo(33));

    [Test]
    public void Any_name_is_read_back_from_the_saved_configuration()
    {
        RunOptions options = RunPlanner.Settle(OfScene("", "My: \"Behavior\" #1"), TimeProvider.System);
        LoadedConfiguration saved = ConfigurationLoader.Parse(ConfigurationWriter.ToYaml(options, withComments: false), "saved.yaml", []);
        Assert.That(saved.Options.Behavior, Is.EqualTo(options.Behavior));
    }

    private static RunOptions OfScene(string text, string scene)
    {
        LoadedConfiguration loaded = ConfigurationLoader.Parse(Player + text, "test.yaml", []);
        return RunPlanner.OfScene(loaded, RunPlanner.Settle(loaded.Options, TimeProvider.System), scene, Assert.Fail);
    }
}
