namespace Reacher.Fast.Environments.Arm;

/// <summary>A vector of three doubles: the reference model's arithmetic.</summary>
/// <param name="X">The component along x, horizontal.</param>
/// <param name="Y">The component along y, upwards.</param>
/// <param name="Z">The component along z, horizontal.</param>
public readonly record struct Double3(double X, double Y, double Z)
{
    /// <summary>The Euclidean norm.</summary>
    public double Length => Math.Sqrt(Dot(this, this));

    /// <summary>The sum, component by component.</summary>
    public static Double3 operator +(Double3 a, Double3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    /// <summary>The difference, component by component.</summary>
    public static Double3 operator -(Double3 a, Double3 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    /// <summary>The same vector with its direction turned round.</summary>
    public static Double3 operator -(Double3 a) => new(-a.X, -a.Y, -a.Z);

    /// <summary>Every component multiplied by a number.</summary>
    public static Double3 operator *(double s, Double3 a) => new(s * a.X, s * a.Y, s * a.Z);

    /// <summary>The inner product of two vectors.</summary>
    public static double Dot(Double3 a, Double3 b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);

    /// <summary>Cross product, a x b.</summary>
    public static Double3 Cross(Double3 a, Double3 b) =>
        new((a.Y * b.Z) - (a.Z * b.Y), (a.Z * b.X) - (a.X * b.Z), (a.X * b.Y) - (a.Y * b.X));
}

/// <summary>A quaternion of doubles in Unity's order.</summary>
/// <param name="X">The factor of the imaginary unit i.</param>
/// <param name="Y">The factor of the imaginary unit j.</param>
/// <param name="Z">The factor of the imaginary unit k.</param>
/// <param name="W">The real part, which comes last.</param>
public readonly record struct DoubleQuaternion(double X, double Y, double Z, double W)
{
    /// <summary>The rotated x axis, for a unit quaternion.</summary>
    public Double3 AxisX => new(1 - (2 * ((Y * Y) + (Z * Z))), 2 * ((X * Y) + (Z * W)), 2 * ((X * Z) - (Y * W)));

    /// <summary>The rotated y axis, for a unit quaternion.</summary>
    public Double3 AxisY => new(2 * ((X * Y) - (Z * W)), 1 - (2 * ((X * X) + (Z * Z))), 2 * ((Y * Z) + (X * W)));

    /// <summary>The rotated z axis, for a unit quaternion.</summary>
    public Double3 AxisZ => new(2 * ((X * Z) + (Y * W)), 2 * ((Y * Z) - (X * W)), 1 - (2 * ((X * X) + (Y * Y))));

    /// <summary>The Euclidean norm.</summary>
    public double Length => Math.Sqrt((X * X) + (Y * Y) + (Z * Z) + (W * W));

    /// <summary>The Hamilton product: first <paramref name="b"/>, then <paramref name="a"/>.</summary>
    public static DoubleQuaternion operator *(DoubleQuaternion a, DoubleQuaternion b) => new(
        (a.W * b.X) + (a.X * b.W) + (a.Y * b.Z) - (a.Z * b.Y),
        (a.W * b.Y) - (a.X * b.Z) + (a.Y * b.W) + (a.Z * b.X),
        (a.W * b.Z) + (a.X * b.Y) - (a.Y * b.X) + (a.Z * b.W),
        (a.W * b.W) - (a.X * b.X) - (a.Y * b.Y) - (a.Z * b.Z));

    /// <summary>
    /// This orientation turned with the constant angular velocity <paramref name="omega"/> for <paramref name="dt"/> seconds, of unit
    /// length.
    /// </summary>
    public DoubleQuaternion Turned(Double3 omega, double dt)
    {
        double speed = omega.Length;
        double half = 0.5 * dt * speed;
        Double3 imaginary = (speed > 1e-12 ? Math.Sin(half) / speed : 0.5 * dt) * omega;
        DoubleQuaternion q = new DoubleQuaternion(imaginary.X, imaginary.Y, imaginary.Z, Math.Cos(half)) * this;
        double scale = 1 / q.Length;
        return new(scale * q.X, scale * q.Y, scale * q.Z, scale * q.W);
    }
}
