//! Members that stand twice in one object of a JSON text. Readers of JSON keep one of them and say nothing of the other, so they are
//! looked for first: nothing that was sent is dropped in silence. That the text is JSON at all its reader says.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// Paths of the members that stand more than once in their object, such as `CEB311Message/Order[1]/OrderHead/orderNo`, at most so many.
/// Of what is no JSON, those before it ends.
pub(crate) fn repeated(bytes: &[u8], most: usize) -> Vec<String> {
    let mut found = Found { path: Vec::new(), repeated: Vec::new(), most };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    // What is wrong besides is told by whoever reads the values.
    let _ = Names(&mut found).deserialize(&mut reader);
    found.repeated
}

/// A step from an object or an array to what is in it.
enum Step {
    Member(String),
    /// From 1.
    Item(usize),
}

struct Found {
    path: Vec<Step>,
    repeated: Vec<String>,
    most: usize,
}

impl Found {
    fn note(&mut self, name: &str) {
        if self.repeated.len() >= self.most {
            return;
        }
        let mut told = String::new();
        for step in &self.path {
            match step {
                Step::Member(name) if told.is_empty() => told.push_str(name),
                Step::Member(name) => told.extend(["/", name.as_str()]),
                Step::Item(number) => told.push_str(&format!("[{number}]")),
            }
        }
        if !told.is_empty() {
            told.push('/');
        }
        told.push_str(name);
        self.repeated.push(told);
    }
}

struct Names<'f>(&'f mut Found);

impl<'de> DeserializeSeed<'de> for Names<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Names<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for number in 1.. {
            self.0.path.push(Step::Item(number));
            let more = items.next_element_seed(Names(&mut *self.0))?;
            self.0.path.pop();
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if names.contains(&name) {
                self.0.note(&name);
            }
            self.0.path.push(Step::Member(name.clone()));
            names.insert(name);
            members.next_value_seed(Names(&mut *self.0))?;
            self.0.path.pop();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::repeated;

    #[test]
    fn what_stands_twice_is_named_by_its_path() {
        let text = br#"{"A":{"B":[{"C":1,"D":"x","C":null},{"C":true}],"E":2.5,"B":[]}}"#;
        assert_eq!(repeated(text, 9), ["A/B[1]/C", "A/B"]);
        assert_eq!(repeated(text, 1), ["A/B[1]/C"]);
        // Members that are written otherwise and mean the same name.
        assert_eq!(repeated(br#"{"guid":1,"g\u0075id":2}"#, 9), ["guid"]);
    }

    #[test]
    fn what_is_alike_in_different_objects_is_not_repeated() {
        assert!(repeated(br#"[{"A":1},{"A":1},[{"A":[]}],"A"]"#, 9).is_empty());
        assert!(repeated(b"", 9).is_empty());
        assert_eq!(repeated(br#"{"A":1,"A":2,"#, 9), ["A"]);
    }
}
