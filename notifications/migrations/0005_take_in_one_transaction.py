"""Messages are taken, decided about and written ahead in one transaction: nothing is claimed in between."""

from django.db import migrations, models


def give_back(apps, schema_editor):
    """What a worker of before had claimed and not begun to send is due."""
    Message = apps.get_model("notifications", "Message")
    Message._base_manager.filter(state="claimed").update(state="due", claimed_until=None)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_gateways")]

    operations = [
        migrations.RunPython(give_back, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="message", name="message_under_way"),
        migrations.RemoveField(model_name="message", name="claim"),
        migrations.RenameField(model_name="message", old_name="claimed_until", new_name="look_at"),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["look_at"],
                name="message_under_way",
                condition=models.Q(state__in=["sending", "unknown"]),
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("planned", "Planned"),
                    ("due", "Due"),
                    ("held", "Held"),
                    ("sending", "Being sent"),
                    ("retry", "To be tried again"),
                    ("unknown", "Outcome unknown"),
                    ("accepted", "Accepted by the gateway"),
                    ("delivered", "Delivered"),
                    ("seen", "Seen"),
                    ("undelivered", "Not delivered"),
                    ("failed", "Failed"),
                    ("dropped", "Not sent"),
                ],
                default="due",
                max_length=12,
                verbose_name="state",
            ),
        ),
    ]
