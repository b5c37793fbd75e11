using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// The networks that this program learns with wherever a learner's options bring none. The processes of a run are this program too, so each of
/// them has the same ones.
/// </summary>
internal static class OwnNetworks
{
    private static volatile IOwnNetworks? current;

    /// <summary>The program's networks; null for none.</summary>
    public static IOwnNetworks? Current => current;

    /// <summary>Those of the options, or else the program's.</summary>
    public static IOwnNetworks? Of(LearnerOptions options) => options as IOwnNetworks ?? current;

    /// <summary>From here on the program's networks are these.</summary>
    public static void Use(IOwnNetworks networks)
    {
        current = networks;
        if (networks.Architecture is { } architecture)
        {
            PolicyArchitectures.Use(architecture);
        }
    }
}
