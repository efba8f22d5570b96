from django.db import migrations

import communes.names
from communes.names import PersonSortKeyField


def order_by_given_name(apps, schema_editor):
    """Write the sort keys of the people who are there anew, a thousand at a time."""
    Person = apps.get_model("models_registry", "Person")
    field = PersonSortKeyField(of=("name",))
    some = []
    for person in Person.objects.order_by("pk").only("pk", "name").iterator(chunk_size=1000):
        person.sort_key = field.derive(person.name)[: field.max_length]
        some.append(person)
        if len(some) == 1000:
            Person.objects.bulk_update(some, ["sort_key"])
            some = []
    Person.objects.bulk_update(some, ["sort_key"])


def order_by_family_name(apps, schema_editor):
    """The keys as they were."""
    Person = apps.get_model("models_registry", "Person")
    for person in Person.objects.order_by("pk").only("pk", "name").iterator(chunk_size=1000):
        Person.objects.filter(pk=person.pk).update(sort_key=communes.names.sort_key(person.name)[:700])


class Migration(migrations.Migration):

    dependencies = [
        ("models_registry", "0002_answers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="historicalperson",
            name="sort_key",
            field=communes.names.PersonSortKeyField(default="", editable=False, max_length=700, of=("name",)),
        ),
        migrations.AlterField(
            model_name="person",
            name="sort_key",
            field=communes.names.PersonSortKeyField(default="", editable=False, max_length=700, of=("name",)),
        ),
        migrations.RunPython(order_by_given_name, order_by_family_name),
    ]
